"""Countries by their code (ISO 3166-1 alpha-2), and by the names that TMDB has for them."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from lists_api.catalogue.domain.text import fold

_NAMES: Final = """
AD Andorra;AE United Arab Emirates;AF Afghanistan;AG Antigua and Barbuda;AI Anguilla;AL Albania;AM Armenia;AO Angola
AQ Antarctica;AR Argentina;AS American Samoa;AT Austria;AU Australia;AW Aruba;AZ Azerbaijan
BA Bosnia and Herzegovina;BB Barbados;BD Bangladesh;BE Belgium;BF Burkina Faso;BG Bulgaria;BH Bahrain;BI Burundi
BJ Benin;BM Bermuda;BN Brunei Darussalam;BN Brunei;BO Bolivia;BR Brazil;BS Bahamas;BT Bhutan;BW Botswana;BY Belarus
BZ Belize;CA Canada;CD Congo Kinshasa;CD Democratic Republic of the Congo;CF Central African Republic;CG Congo
CH Switzerland;CI Cote D'Ivoire;CI Ivory Coast;CK Cook Islands;CL Chile;CM Cameroon;CN China;CO Colombia
CR Costa Rica;CS Serbia and Montenegro;CU Cuba;CV Cape Verde;CV Cabo Verde;CW Curacao;CY Cyprus;CZ Czech Republic
CZ Czechia;DE Germany;DJ Djibouti;DK Denmark;DM Dominica;DO Dominican Republic;DZ Algeria;EC Ecuador;EE Estonia
EG Egypt;EH Western Sahara;ER Eritrea;ES Spain;ET Ethiopia;FI Finland;FJ Fiji;FK Falkland Islands;FM Micronesia
FO Faeroe Islands;FO Faroe Islands;FR France;GA Gabon;GB United Kingdom;GB Great Britain;GD Grenada;GE Georgia
GF French Guiana;GH Ghana;GI Gibraltar;GL Greenland;GM Gambia;GN Guinea;GP Guadaloupe;GP Guadeloupe
GQ Equatorial Guinea;GR Greece;GT Guatemala;GU Guam;GW Guinea-Bissau;GY Guyana;HK Hong Kong;HK Hong Kong SAR China
HN Honduras;HR Croatia;HT Haiti;HU Hungary;ID Indonesia;IE Ireland;IL Israel;IN India;IQ Iraq;IR Iran;IS Iceland
IT Italy;JM Jamaica;JO Jordan;JP Japan;KE Kenya;KG Kyrgyz Republic;KG Kyrgyzstan;KH Cambodia;KI Kiribati;KM Comoros
KN St Kitts and Nevis;KP North Korea;KR South Korea;KW Kuwait;KY Cayman Islands;KZ Kazakhstan
LA Lao People's Democratic Republic;LA Laos;LB Lebanon;LC St Lucia;LI Liechtenstein;LK Sri Lanka;LR Liberia
LS Lesotho;LT Lithuania;LU Luxembourg;LV Latvia;LY Libya;LY Libyan Arab Jamahiriya;MA Morocco;MC Monaco;MD Moldova
ME Montenegro;MG Madagascar;MH Marshall Islands;MK Macedonia;MK North Macedonia;ML Mali;MM Myanmar;MN Mongolia
MO Macao;MO Macau;MQ Martinique;MR Mauritania;MS Montserrat;MT Malta;MU Mauritius;MV Maldives;MW Malawi;MX Mexico
MY Malaysia;MZ Mozambique;NA Namibia;NC New Caledonia;NE Niger;NG Nigeria;NI Nicaragua;NL Netherlands;NO Norway
NP Nepal;NR Nauru;NZ New Zealand;OM Oman;PA Panama;PE Peru;PF French Polynesia;PG Papua New Guinea;PH Philippines
PK Pakistan;PL Poland;PR Puerto Rico;PS Palestinian Territory;PS Palestine;PT Portugal;PW Palau;PY Paraguay;QA Qatar
RE Reunion;RO Romania;RS Serbia;RU Russia;RU Russian Federation;RW Rwanda;SA Saudi Arabia;SB Solomon Islands
SC Seychelles;SD Sudan;SE Sweden;SG Singapore;SI Slovenia;SK Slovakia;SL Sierra Leone;SM San Marino;SN Senegal
SO Somalia;SR Suriname;SS South Sudan;ST Sao Tome and Principe;SU Soviet Union;SV El Salvador;SY Syria
SY Syrian Arab Republic;SZ Swaziland;SZ Eswatini;TC Turks and Caicos Islands;TD Chad;TG Togo;TH Thailand;TJ Tajikistan
TL Timor-Leste;TL East Timor;TM Turkmenistan;TN Tunisia;TO Tonga;TR Turkey;TR Turkiye;TT Trinidad and Tobago;TV Tuvalu
TW Taiwan;TZ Tanzania;UA Ukraine;UG Uganda;US United States of America;US United States;UY Uruguay;UZ Uzbekistan
VA Vatican City;VA Holy See;VC St Vincent and the Grenadines;VE Venezuela;VG British Virgin Islands
VI US Virgin Islands;VN Vietnam;VU Vanuatu;WS Samoa;XC Czechoslovakia;XG East Germany;XI Northern Ireland;XK Kosovo
YE Yemen;YU Yugoslavia;ZA South Africa;ZM Zambia;ZW Zimbabwe
"""
_CODES: Final = MappingProxyType(
    {fold(entry[3:]): entry[:2] for line in _NAMES.strip().splitlines() for entry in line.split(";")}
)
CODE_LENGTH: Final = 2


def country_codes(names: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of countries, by name or code, each once, sorted. An unknown name has none."""
    return tuple(sorted({code for name in names if (code := _code(name.strip()))}))


def _code(name: str) -> str | None:
    if len(name) == CODE_LENGTH and name.isascii() and name.isalpha():
        return name.upper()
    return _CODES.get(fold(name))
