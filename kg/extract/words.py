"""Words that outlets share: what buttons, boxes, sections and the outlets themselves are called. No outlet's own."""

from __future__ import annotations

__all__ = ["ALONE", "BOX", "BUTTONS", "ENDING", "MEDIA", "MENU", "SECTIONS", "TOP", "phrases", "words"]


def words(text: str) -> frozenset[str]:
    """The words of a text, as a table."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """The phrases of a text, parted by commas or line ends, as a table."""
    return frozenset(phrase.strip() for phrase in text.replace("\n", ",").split(",") if phrase.strip())


# Lines that stand alone, compared in lower case without counts, brackets and end punctuation.
ALONE = phrases(
    """
    about us, accept, accept all, accept cookies, account, ad, add a comment, add comment, ads, advertise with us
    advertisement, advertisement continue reading below, advertisements, advertising, all rights reserved
    article continues after ad, article continues after advertisement, article continues below, back, back to top
    be the first to comment, become a member, bookmark, bookmark this, breaking, breaking news, close
    comments are closed, comments are closed on this article, comments are off, comments on this article are closed
    contact us, continue reading, continue reading below, cookie policy, cookie settings, cookies, copy, copy link
    donate, email, email this article, enlarge image, exclusive, follow, follow us, follow us on social media
    font size, gallery, get link, gift this article, give this article, go to top, hide comments, home, image
    images, join the conversation, join the discussion, keep reading, leave a comment, leave a reply, like
    like us on facebook, link copied, listen, listen to article, listen to this article, listen to this story, live
    live updates, load more, log in, log in to comment, login, menu, more, my account, next, next article
    no comments, no comments yet, open image in gallery, paid content, pause, photo, photos, play, post a comment
    previous, previous article, print, print this article, print this page, privacy, privacy policy, promoted
    promoted content, read full article, read more, read the full story, register, register now, report a typo
    report an error, report this, save, save article, save for later, scroll for more, scroll to continue, search
    see all, see more, share, share article, share on social media, share options, share story, share this
    share this article, share this story, share with friends, show comments, show more, sign in, sign in to comment
    sign up, sign up now, sitemap, skip advertisement, skip to content, skip to main content, sponsored
    sponsored content, story continues below, story continues below advertisement, subscribe, subscribe now
    suggest a correction, support us, terms and conditions, terms of service, terms of use, text size, top of page
    hide caption, toggle caption, show caption, enlarge this image
    translate, video, view all, view comments, view gallery, view image in fullscreen, watch, watch live, watch now
    for immediate release, immediate release, loading, media release, news release, press release, search for
    abbonati, abo, abonnieren, accedi, aller au contenu, anmelden, anzeige, artikel teilen, commenter, compartir
    condividi, datenschutz, delen, drucken, einloggen, ir al contenido, impressum, imprimer, imprimir, iniciar sesión
    inloggen, kommentieren, mehr anzeigen, mentions légales, menü, newsletter abonnieren, partager, partilhar
    publicidad, publicidade, publicité, pubblicità, advertentie, s'abonner, s'identifier, se connecter, suscribirse
    archivado en, argomenti, etiquetas, más información, más sobre este tema, mots-clés, mots clés, schlagworte
    schlagwörter, temas, tópicos, trefwoorden
    suscríbete, teilen, werbung, zum inhalt springen, zur startseite, aviso legal, política de privacidad
    """
)

# Lines that open a box of links to other articles.
BOX = phrases(
    """
    also check out, also on, explore more on these topics, you may also want to read, more in this section
    also read, around the web, continue reading, don't miss, editor's choice, editor's picks, editors picks
    editors' choice, editors' picks, elsewhere, from around the web, from our partners, from the web
    further reading, happening now, headlines, in case you missed it, in other news, in this story, just in
    keep reading, latest, latest articles, latest from, latest headlines, latest news, latest stories
    latest updates, more articles, more coverage, more headlines, more like this, more news, more on this
    more on this story, more on this subject, more on this topic, more stories, more to explore, more to read
    most commented, most discussed, most popular, most read, most recent, most shared, most viewed, most watched
    must read, must reads, other news, other stories, our picks, partner content, popular, popular articles
    popular now, popular stories, promoted stories, read also, read next, read this next, recommendations
    recommended, recommended for you, recommended reading, recommended stories, related, related article
    related articles, related content, related coverage, related links, related news, related posts, related reading
    related stories, related story, related topics, related videos, see also, sponsored links, the latest
    today's top stories, top headlines, top news, top stories, trending, trending articles, trending now
    trending stories, trending topics, up next, what others are reading, what to read next
    you may also be interested in, you may also like, you may like, you might also like, you might like
    à lire aussi, articles liés, aussi sur le même sujet, das könnte sie auch interessieren, dans la même rubrique
    i più letti, le più lette, lee también, lees ook, leggi anche, leia também, les plus lus, lesen sie auch, lire aussi
    lo más leído, lo más visto, mais lidas, más leídas, más noticias, meest gelezen, mehr zum thema, meist gelesen
    meistgelesen, meistgelesene artikel, noticias relacionadas, sur le même sujet, te puede interesar
    te recomendamos, thema, themen, vous aimerez aussi, weitere artikel, weitere themen, zum thema
    """
)

# Lines that open what readers and the outlet say after an article; nothing of the article comes after them.
ENDING = phrases(
    """
    about the author, about the authors, about the writer, about us, comment, comments, contact information
    discussion, discussion about this post, footer, for further information, for media enquiries
    for media inquiries, for more information, join the conversation, leave a comment, leave a reply, media contact
    media contacts, media enquiries, media inquiries, note to editors, notes for editors, notes to editors
    press contact, press contacts, press enquiries, press office, reader comments, readers' comments, site map
    sitemap, visible links, your comments
    comentários, comentarios, commentaires, commenti, kommentare, leserkommentare, reacties
    """
)

# The parts of a row of buttons.
BUTTONS = words(
    """
    + - a a+ a- aa article bluesky bookmark comment comments copied copy copy-link download e-mail email facebook
    flipboard follow gift instagram larger like link linkedin listen mail mastodon messenger min mins minute minutes
    more on page pause pdf pinterest play pocket post print reddit rss save share smaller sms story subscribe
    telegram text this threads tiktok to tweet twitter via whatsapp x youtube
    """
)

# Names of sections.
SECTIONS = phrases(
    """
    accidents, africa, agriculture, ai, americas, analysis, art, art & design, artificial intelligence, arts
    arts & culture, arts and culture, asia, asia pacific, asia-pacific, athletics, australia, aviation, banking
    baseball, basketball, books, boxing, business, cars, celebrities, celebrity, climate, climate change
    columnists, columns, comment, commentary, communities, community, companies, conflict, conflicts, congress
    court, courts, cricket, crime, crime & justice, crime and justice, culture, cybersecurity, cycling
    defence, defense, design, diplomacy, disasters, domestic, big read, city
    cities, county, courts & crime, dispatch, dispatches, essay, essays, explained, insight, insights, nation, oceans
    perspective, perspectives, photo essay, planet, profile, profiles, public safety, q&a, reportage, research, state
    states, the big read, viewpoint, viewpoints, water, wildlife, east, economics, economy, editorial, editorials
    education, election, elections, energy, entertainment, environment, eu, europe, explainer, explainers
    fact check, fact-check, faith, family, farming, fashion, feature, features, film, finance, financial, food
    food & drink, football, foreign affairs, formula 1, games, gaming, gardening, golf, government, health
    history, hockey, housing, human rights, immigration, in depth, in-depth, industry, innovation
    international, internet, interview, interviews, investigation, investigations, jobs, justice, labor, labour
    latin america, law, law & order, letters, life, life & style, life and style, lifestyle, local, local news
    long read, longread, maritime, markets, media, medicine, metro, middle east, migration, military
    money, motoring, motorsport, movies, music, national, nature, news, north, north america, obituaries
    obituary, oceania, olympics, opinion, opinions, parliament, people, podcasts, police, policy
    politics, property, puzzles, racing, real estate, refugees, region, regional, regions, religion
    royals, rugby, schools, science, science & technology, science and technology, security, shipping, soccer
    social affairs, society, south, south america, space, special report, sport, sports, style, tech
    technology, television, tennis, theater, theatre, tourism, trade, transport, transportation, travel, tv
    tv & radio, u.s., u.s. news, uk, uk news, universities, us, us news, usa, war, weather, wellness
    west, work, world, world news
    celebs, gossip, motors, shopping, showbiz, soaps
    ambiente, ciência, desporto, educação, educación, environnement, esporte, éducation, faits divers, finanzen
    geschichte, gezondheid, médias, medien, medio ambiente, meio ambiente, milieu, misdaad, netzwelt, onderwijs
    país, polícia, região, region, régions, salute, saúde, sanità, scuola, sociedade, stadt, sucesos, tecnologia
    transports, tribunales, umwelt, verkehr
    actualité, actualités, ausland, binnenland, buitenland, ciencia, cronaca, cultura, deportes, deutschland, economía
    economia, économie, economie, esteri, feuilleton, france, gesellschaft, gesundheit, idées, inland, internacional
    internationales, kultur, lokales, meinung, monde, mundo, nacional, opinião, opinión, panorama, planète, politik
    politica, política, politiek, politique, regionales, reise, salud, sciences, santé, sociedad, société, technik
    tecnología, wetenschap, wirtschaft, wissen, wissenschaft
    """
)

# What menus hold and paths to a section do not.
MENU = phrases(
    """
    about, about us, account, advertise, all sections, archive, classifieds, contact, contact us, crossword, donate
    e-paper, epaper, family notices, help, horoscopes, jobs, live tv, log in, login, menu, more, my account
    newsletter, newsletters, notices, podcasts, puzzles, register, search, shop, sign in, sign up, store, subscribe
    subscriptions, video, videos
    """
)

# The word of the trade in an outlet's name.
MEDIA = words(
    """
    advertiser agency argonaut argus banner beacon broadcaster broadcasting bulletin call channel chronicle citizen
    clarion correspondent courier daily democrat digest dispatch eagle echo enquirer evening examiner express
    gazette globe guardian herald independent informer inquirer insider intelligence intelligencer journal lantern
    leader ledger magazine mail media mercury messenger mirror monitor morning nation network news newsletter
    newspaper newspapers newsroom newswire observer online outlook packet paper patriot pioneer planet post press
    publishers publishing radio record recorder register report reporter republic reuters review scotsman sentinel
    spectator standard star statesman sun sunday telegraph television times today transcript tribune tv union voice
    watch weekly wire world
    allgemeine anzeiger correio corriere dagblad diario diário gazeta gazzetta giornale jornal krant kurier nachrichten
    noticias nouvelles periódico presse rundschau tageblatt tageszeitung zeitung
    """
)

# Sections that stand side by side in menus; three of them are no path.
TOP = phrases(
    """
    arts, business, culture, lifestyle, news, opinion, politics, sport, sports, travel, weather
    """
)
