"""QCodes: the short names of concepts in news formats (``medtop:20000350``) and the IRIs they stand for.

A QCode is an alias, a colon and a code; its IRI is the IRI of the alias's scheme and the code, put together
(NewsML-G2 2.35, section "QCodes and URIs"). The aliases of IPTC's standard catalogue are in the table here, because
nothing is fetched while reading; a document may add schemes of its own in ``<catalog>``. An alias of neither has no
IRI: its code is only a word.

The table holds facts of ``catalog.IPTC-G2-Standards_41`` (IPTC, CC BY 4.0): names of aliases and schemes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import quote

from kg.extract.xml import Element, local

__all__ = ["STANDARD", "Catalog", "catalog_of", "code"]

_NEWSCODES = """
    altidrole aoprop=aoproperty app=application aspfacet=asportfacet aspfacetvalue=asportfacetvalue
    acdc=audiocodec authoritystatus catinat=catinature chprop=characteristicsproperty cinat=cinature
    colsp=colorspace colin=colourindicator ctech=commtech cptdefrole=conceptdefinitionrole
    cptnoterole=conceptnoterole crel=conceptrelation conf=confidence ciprol=contactinfopartrole
    cwarn=contentwarning ctrol=contributorrole cpnat=cpnature cpprole=contentprodpartyrole drol=descriptionrole
    digsrctype=digitalsourcetype dimensionunit ednoterole erol=edrole encd=encoding entityprop=entityproperty
    ecirol=eventcontactinforole edconf=eventdateconfirm eocstat=eventoccurstatus eorol=eventorganiserrole
    eprol=eventparticipantrole eregrol=eventregrole fisymtype=financialinstrumentsymboltype frmt=format
    gen=generic genre hashscope hashtype hopaction hatarget=hopactiontarget howextr=howextracted howpr=howpresent
    ikos imgregrole=imageregionrole imgregtype=imageregiontype impt=importance isrol=infosourcerole
    irel=itemrelation irep=itemrepresentation lbtyp=labeltype lrol=languagerole loutorient=layoutorientation
    loctyp=location medtop=mediatopic mtyp=mediatype medtype=mediatype1 nprt=namepart nrol=namerole
    ncostat=newscoveragestatus nityp=newsitemtype nmsig=newsmsgsignal nprod=newsproduct nprov=newsprovider
    ninat=ninature not=notation oito=ofinterestto pgrmod=pkggroupmode plinat=plinature prio=priority
    prodgenre=productgenre prop=property prov=provider stat=pubstatusg2 rtype=ratertype rcalctype rel=relevance
    rnd=rendition riaspect rightsprop=rightsproperty riscope role1 rscaleunit scn=scene sev=severity sig=signal
    pst1=status1 subj=subjectcode squ=subjectqualifier timeunit tone tpctyp=topictype trustindicator urgy=urgency
    useracttype=useractiontype valfmt=valueformat vcdc=videocodec videodef=videodefinition ivqu=videoqualifier
    sov=videoscaling why=whypresent wldreg=worldregion
"""
_OTHERS_CODES = """
    a1312cat=anpa1312-category a1312prio=anpa1312-priority a1312svc=anpa1312-servicelevel
    a1312vers=anpa1312-version bcp47 cusip figi gics isin mic=iso10383-mic iso3166-1a2 iso3166-1a3 iso3166-2
    iso4217a iso4217n parasport secst sedol ticker tidm googletopicsv1 googletopicsv2 iabcontent20 iabcontent21
    iabcontent22 iabcontent30 iabaudience10 iabadproduct10 iabadproduct20
"""
_ELSEWHERE = {
    "dbpedia": "http://dbpedia.org/resource/",
    "geonames": "http://sws.geonames.org/",
    "geonameshttps": "https://sws.geonames.org/",
    "mb-artist": "http://musicbrainz.org/artist/",
    "mb-label": "http://musicbrainz.org/label/",
    "mb-recording": "http://musicbrainz.org/recording/",
    "mb-release": "http://musicbrainz.org/release/",
    "mb-releasegroup": "http://musicbrainz.org/release-group/",
    "mb-work": "http://musicbrainz.org/work/",
    "plus": "http://ns.useplus.org/ldf/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "wikidata": "http://www.wikidata.org/entity/",
}
# What may stand in an IRI as it is (RFC 3987, section 2.2), beside letters, digits and what is above ASCII.
_PLAIN = "!$&'()*+,;=:@/?#[]%-._~"


def _table(rows: str, base: str) -> dict[str, str]:
    pairs = (row.partition("=") for row in rows.split())
    return {alias: f"{base}{scheme or alias}/" for alias, _, scheme in pairs}


@dataclass(frozen=True, slots=True)
class Catalog:
    """Aliases and the IRIs of their schemes."""

    schemes: Mapping[str, str] = field(default_factory=dict)

    def iri(self, qcode: str | None) -> str | None:
        """The IRI a QCode stands for; None without a code, for an alias nobody declared, and for a broken code.

        >>> STANDARD.iri("medtop:20000350")
        'http://cv.iptc.org/newscodes/mediatopic/20000350'
        >>> STANDARD.iri("house:17") is None
        True
        """
        alias, colon, rest = (qcode or "").strip().partition(":")
        scheme = self.schemes.get(alias)
        if not colon or not rest or scheme is None or any(one.isspace() or one in '<>"{}|\\^`' for one in rest):
            return None
        return scheme + "".join(one if ord(one) > 127 else quote(one, safe=_PLAIN) for one in rest)

    def adding(self, schemes: Iterable[tuple[str, str]]) -> Catalog:
        """This catalogue and more schemes; a document's own meaning of an alias goes before the standard one."""
        more = dict(schemes)
        return Catalog(MappingProxyType({**self.schemes, **more})) if more else self


#: The aliases of IPTC's standard catalogue.
STANDARD = Catalog(
    MappingProxyType(
        {
            **_table(_NEWSCODES, "http://cv.iptc.org/newscodes/"),
            **_table(_OTHERS_CODES, "http://cvx.iptc.org/"),
            **_ELSEWHERE,
        }
    )
)


def code(qcode: str | None) -> str:
    """The code of a QCode, without its alias (``stat:usable`` → ``usable``)."""
    return (qcode or "").strip().partition(":")[2]


def catalog_of(*elements: Element, base: Catalog = STANDARD) -> Catalog:
    """The base and the schemes that ``<catalog>`` in these elements declares; references are not followed."""
    found = [
        (scheme.get("alias", "").strip(), scheme.get("uri", "").strip())
        for element in elements
        for catalog in element
        if local(catalog) == "catalog"
        for scheme in catalog
        if local(scheme) == "scheme"
    ]
    return base.adding((alias, uri) for alias, uri in found if alias and uri.startswith(("http://", "https://")))
