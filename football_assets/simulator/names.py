"""Names: the countries' real ones, and the word lists that invented clubs and players are made of."""

from __future__ import annotations

from football_assets.simulator.chance import scrambled


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.replace("\n", " ").split(","))


#: By confederation; within it the countries with more football come first.
COUNTRIES: dict[str, tuple[str, ...]] = {
    "Europe": _listed(
        """
        England, Italy, Spain, Germany, France, Portugal, Netherlands, Belgium, Scotland, Austria,
        Switzerland, Turkey, Greece, Denmark, Norway, Sweden, Finland, Poland, Czech Republic, Croatia,
        Serbia, Romania, Ukraine, Hungary, Bulgaria, Slovakia, Slovenia, Ireland, Wales, Northern
        Ireland, Iceland, Israel, Cyprus, Georgia, Armenia, Azerbaijan, Kazakhstan, Belarus, Moldova,
        Latvia, Lithuania, Estonia, Albania, Kosovo, North Macedonia, Montenegro, Bosnia and
        Herzegovina, Luxembourg, Malta, Faroe Islands, Andorra, San Marino, Gibraltar, Liechtenstein
        """
    ),
    "Americas": _listed(
        """
        Brazil, Argentina, Uruguay, Chile, Colombia, Peru, Ecuador, Paraguay, Bolivia, Venezuela,
        Mexico, United States, Canada, Costa Rica, Honduras, Guatemala, El Salvador, Panama, Nicaragua,
        Jamaica, Trinidad and Tobago, Haiti, Dominican Republic, Cuba, Suriname, Guyana, Belize,
        Barbados, Bermuda, Curaçao, Aruba, Grenada, Saint Lucia, Antigua and Barbuda, Saint Kitts and
        Nevis, Dominica, Bahamas, Puerto Rico
        """
    ),
    "Asia": _listed(
        """
        Japan, South Korea, China, Saudi Arabia, Iran, Qatar, United Arab Emirates, Iraq, Uzbekistan,
        Thailand, Vietnam, Indonesia, Malaysia, Singapore, India, Jordan, Kuwait, Bahrain, Oman,
        Lebanon, Syria, Hong Kong, Philippines, Myanmar, Cambodia, Laos, Bangladesh, Nepal, Bhutan,
        Maldives, Sri Lanka, Pakistan, Afghanistan, Turkmenistan, Tajikistan, Kyrgyzstan, Mongolia,
        Macau, Taiwan, Yemen, Palestine, Brunei, Timor-Leste, Guam, North Korea
        """
    ),
    "Africa": _listed(
        """
        Egypt, Morocco, Algeria, Tunisia, South Africa, Nigeria, Ghana, Cameroon, Senegal, Ivory Coast,
        Mali, DR Congo, Kenya, Uganda, Tanzania, Zambia, Zimbabwe, Angola, Mozambique, Ethiopia, Sudan,
        Libya, Guinea, Burkina Faso, Benin, Togo, Niger, Gambia, Sierra Leone, Liberia, Gabon, Congo,
        Rwanda, Burundi, Malawi, Botswana, Namibia, Lesotho, Eswatini, Madagascar, Mauritius,
        Mauritania, Cape Verde, Comoros, Djibouti, Somalia, South Sudan, Chad, Eritrea, Equatorial
        Guinea, Guinea-Bissau, Seychelles, Central African Republic, Sao Tome and Principe
        """
    ),
    "Oceania": _listed(
        """
        Australia, New Zealand, Fiji, Papua New Guinea, Solomon Islands, Vanuatu, New Caledonia, Tahiti,
        Samoa, Tonga, Cook Islands
        """
    ),
}

#: From the top down; a country with more leagues than these has them by group.
LEAGUES = (
    "Premier League",
    "First Division",
    "Second Division",
    "Women's League",
    "U21 League",
    "Third Division",
    "Regional League",
    "Reserve League",
    "U19 League",
)
CUPS = ("National Cup", "Super Cup", "League Cup", "Women's Cup")
INTERNATIONALS = (
    "International Friendly",
    "Continental Nations Cup",
    "U21 Nations Championship",
    "Women's Nations League",
    "Islands Games Tournament",
    "U19 Invitational",
)

_PLACE_STARTS = _listed(
    """
        Al, Ard, Bel, Bren, Cal, Cor, Dal, Dor, El, Fal, Gar, Gren, Hal, Hov, Ist, Jar, Kal, Kor, Lan,
        Lor, Mar, Mel, Nor, Ol, Par, Pel, Ros, Sal, Sten, Tal, Tor, Ul, Val, Ver, Wal, Wes, Yar, Zel,
        Bran, Mont
        """
)
_PLACE_ENDS = _listed(
    """
        ava, berg, bo, burg, by, dal, den, dorf, era, essa, field, ford, gard, ham, haven, holm, ia,
        ica, ina, ito, kirk, lund, mar, mere, mouth, nes, ora, ova, polis, port, sea, stad, tal, ton,
        una, vale, vik, ville, wick, zano
        """
)
_CLUBS = (
    "{} FC",
    "FC {}",
    "{} United",
    "Sporting {}",
    "{} City",
    "Dynamo {}",
    "{} Rovers",
    "Atletico {}",
    "SK {}",
    "{} Athletic",
    "Real {}",
    "{} Wanderers",
    "Union {}",
    "{} Town",
    "Racing {}",
    "{} Albion",
    "Olympic {}",
    "{} 1909",
    "Lokomotiv {}",
    "{} BK",
)
_GIVEN = _listed(
    """
        Adil, Aleks, Amadou, Anders, Bruno, Carlos, Dario, Dmitri, Eemil, Emeka, Fabian, Filip, Goran,
        Hamza, Henrik, Ibrahim, Ivan, Jakub, Joao, Jonas, Kofi, Lars, Luca, Mateo, Mehdi, Milan, Nikola,
        Omar, Pavel, Rafael, Sami, Santiago, Stefan, Takumi, Tomas, Victor, Yusuf, Zoran
        """
)
_FAMILY = _listed(
    """
        Adeyemi, Almqvist, Barros, Belov, Castell, Dahlen, Diarra, Eklund, Farouk, Ferran, Grigic,
        Haddad, Hansson, Ilves, Jansky, Kallio, Kerimov, Kovac, Lindroos, Lopes, Makinen, Mensah,
        Moreau, Nakata, Novotny, Okoro, Olsen, Petrov, Quist, Ramos, Rossi, Sandor, Silva, Tahiri,
        Traore, Ueda, Valdes, Virtanen, Weiss, Yilmaz, Zanetti
        """
)

PLACES = len(_PLACE_STARTS) * len(_PLACE_ENDS)


def club(number: int) -> tuple[str, str]:
    """The name and the short name of a club; the first 32,000 clubs have different names."""
    place = number * 1_021 % PLACES  # coprime to the places: neighbours have nothing in common
    start, end = divmod(place, len(_PLACE_ENDS))
    short = _PLACE_STARTS[start] + _PLACE_ENDS[end]
    form = (number // PLACES + scrambled(place)) % len(_CLUBS)
    return _CLUBS[form].format(short), short


def player(key: int) -> str:
    """The name of the player with this key."""
    lot = scrambled(key)
    given, family = _GIVEN[lot % len(_GIVEN)], _FAMILY[(lot >> 20) % len(_FAMILY)]
    return f"{given}·{family}" if lot >> 60 == 0 else f"{given} {family}"
