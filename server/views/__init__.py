"""The views: each module makes one blueprint from the publication it is given."""
