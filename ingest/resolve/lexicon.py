"""Words of names in the languages of the sources: which say the same, nothing, or what kind of body."""

from __future__ import annotations

from typing import Final

CONCEPTS: Final = {
    "univ": "university universite universitaet universitat universidad universidade universita universiteit"
    " universitetet universitet universiteti universitas univerzita univerzitet univerza sveuciliste uniwersytet"
    " universitatea universitatii universitas egyetem yliopisto ulikool ulikooli universitesi universitate"
    " universitetas panepistimio universities uni universitario universitaria universitaire universitaires univers"
    " universities universitats univerzity universitats universitaets universitari panepistimion"
    " sveucilista universiti universitetu",
    "tech": "technical technology technological technische technischen technischer tecnica tecnico tecnologia"
    " tecnologico tecnologica technologique technologiques technologies technologie tekniska tekniske teknologi"
    " tekniske technicka technicke techniczna technologiczny teknologiateollisuuden tehnica tehnicki tehnoloogia"
    " tecnologie tecnoloxico tecnologias tecniche techniques technique technologii technologiki technologikon"
    " technologia tech teknologisk tecnologica tecnologici",
    "polytech": "polytechnic polytechnique polytechniques politecnico politecnica politehnica"
    " polytechnico polytechneio polytechnio politecnic politecnicos polytechnical polytechnische polytechnion",
    "inst": "institute institut instituto istituto instytut institutul institutt institutet instituut institutes"
    " instituts istituti instituti ustav intezet institouto instituta instituutti instituten instituutin institutu"
    " institutions institucio institution institutas instituts",
    "centre": "center centro centrum centar centri zentrum centrul keskus centrs kozpont kentro center centres centers"
    " kutatokozpont centros zentren centru osrodek senter sentr merkezi centre",
    "research": "recherche recherches recherca recerca ricerca ricerche investigacion investigaciones investigacao"
    " pesquisa forschung forschungs onderzoek forskning forsknings vyzkum vyzkumny vyskum vyskumny"
    " badan badania badawczy cercetare cercetari kutatas kutato tutkimus tutkimuskeskus istrazivanje istrazivanja"
    " raziskave ereunon erevnon ereynon arastirma researches pesquisas istrazivacki ",
    "national": "nationale nacional nazionale nationaal nationaux nationales nacionales national narodni narodowy"
    " narodowe nationella nasjonal nasjonale nemzeti nacionalni nacionalna ethniko ethniki ethnikon nacionala"
    " kansallinen national ulusal nationalen nationales nacionalno nazionali",
    "sciences": "science scientifique scientifiques cientifico cientifica cientificas cientificos wissenschaft"
    " wissenschaften scientific scientifica scientifico ciencia ciencias scienze scienza nauk nauka naukowy ved"
    " stiinta stiinte stiintifica wetenschap wetenschappen vetenskap vetenskaps vitenskap nauka znanosti tudomanyos"
    " tudomany epistimon ciencies bilimler bilimleri cientifics scientifiche naukovo tieteen videnskab",
    "applied": "angewandte angewandten appliquee appliquees aplicada aplicadas applicata applicate aplicadas"
    " toegepaste toegepast tillampad anvendt stosowanej stosowanych appliques aplicado",
    "academy": "academie akademie akademia akademi academia accademia akademija akademiya akademii akademie akademiet"
    " akademien akatemia",
    "council": "conseil consejo consiglio conselho consell rada",
    "hosp": "hospital hopital hopitaux hospitalier hospitaliers hospitaliere ospedale ospedaliera ospedaliero"
    " ospedaliero hospitalar klinik klinikum kliniken krankenhaus"
    " spital spitalul ziekenhuis szpital szpitala nemocnice sykehus sykehuset sjukhus bolnica"
    " bolnisnica hospitals clinic clinique clinica clinico policlinico nosokomeio nosokomio haigla hospices"
    " hastanesi infirmary hopitals hospitalet ziekenhuizen sygehus hospitali poliklinika"
    " nhs klinicni klinicki",
    "faculty": "faculte facultad facolta fakultaet fakultat fakultet fakulteta fakulta facultat faculdade facultatea"
    " faculteit fakultesi wydzial faculties",
    "dept": "department departement departamento dipartimento departament departamentul avdelning katedra departments"
    " abteilung",
    "school": "ecole escuela escola scuola schule hochschule hogeschool hogskola hogskolan hogskolen ecoles skola"
    " schools handelshogskolan grandes haute fachhochschule szkola scoala korkeakoulu ammattikorkeakoulu hojskole",
    "college": "colleges colegio collegio kolegium",
    "foundation": "fondation fundacion fundacao fondazione stiftung stichting fundacja fundacio fundatia nadace"
    " stiftelsen zaklada fonden saatio foundations idryma stiftelse",
    "association": "asociacion associacao associazione verein asociatia associacio udruga vereniging egyesulet"
    " zdruzenie assoc stowarzyszenie associations",
    "society": "societe gesellschaft sociedad societa sociedade tarsasag towarzystwo selskab societat samfund",
    "ministry": "ministere ministerio ministero ministerium ministerstvo ministerstwo ministarstvo"
    " ministerul ministerie ypourgeio ministeriet ministerio",
    "agency": "agence agencia agenzia agentur agencija agentschap agentia agentura agencies",
    "museum": "musee museo museu muzeum muzeul mouseio muzej musei",
    "library": "bibliotheque biblioteca bibliothek biblioteka bibliotheek libraries",
    "city": "comune municipal municipality municipalite ayuntamiento municipio dimos gemeente stadt ville commune"
    " primaria kommune kommun grad obcina mesto ajuntament municipality mairie gmina miasto cidade ",
    "region": "regione regional regiao landkreis provincia province provincie",
    "lab": "laboratory laboratoire laboratorio laboratories laboratoires laboratorios labor laboratorium labs"
    " laboratori laborator",
    "europe": "european europeen europeenne europeo europea europaische europaisches europeu europeia europa"
    " europaische europeennes europeens europaeische",
    "international": "internationale internacional internazionale internationales internationaux mezinarodni"
    " miedzynarodowy",
    "energy": "energie energia energies energetica energi enerji energetiki energetique energias",
    "health": "sante salud saude salute gesundheit zdravje gezondheid helse zdravi sanita zdrowia saglik sanidad",
    "medical": "medicine medecine medicina medizin medizinische medizinischen medicale medico medica medyczny medyczna"
    " medisch medicinska medicinsk medicinske medico medicinos medycyny",
    "physics": "physique fisica physik fyzika fyzikalni fizyki fizica fysik physiki fizika fizike",
    "chemistry": "chimie chimica quimica chemie chemical chemii chimique kemi kemia kemijski",
    "biology": "biologie biologia biologia biological biologique biologiczne biologii biologiques",
    "engineering": "ingenieria ingegneria engenharia ingenierie ingenieurwissenschaften inginerie engineers"
    " ingenieurs ingenieros",
    "development": "developpement desarrollo sviluppo desenvolvimento entwicklung dezvoltare rozwoju razvoj utveckling"
    " ontwikkeling",
    "environment": "environnement ambiente umwelt environmental environnemental environnementale miljo"
    " ambiental srodowiska",
    "agricultural": "agriculture agricola agrarias agronomique agronomica agraria agricultura agricultural agronomic"
    " agronomie agricoltura landwirtschaft agricoles agronomy agronomiques landbouw agraire",
    "econ": "economics economie economiques economia economic economicas economica economico wirtschaft oekonomie"
    " economy economique ekonomi ekonomiczny ekonomicky ekonomicka okonomi",
    "education": "educacion educacao istruzione bildung educativa onderwijs oktatas edukacji",
    "innovation": "innovacion inovacao innovazione innovations innovaciones inovare inovatie innowacji",
    "marine": "maritime maritimo marino marina marin mar mer sea maritima marines",
    "space": "espace espacial spaziale weltraum spatial spatiale spatiales raumfahrt",
    "earth": "terre tierra terra erde",
    "water": "eau agua acqua wasser",
    "mathematics": "mathematiques matematica matematicas mathematik math matematyki mathematical matematicki",
    "computer": "informatique informatica informatik informatics computing computers",
    "federal": "bundes eidgenossische eidgenoessische federale confederation",
    "higher": "superieure superior superiore superieur hoehere hohere superieures superiores high",
    "study": "studi etudes estudios estudos studies studien studia studij etude studii",
    "saint": "st sankt san santa sao sint sveti",
    "central": "centrale zentral centralny",
}
"""Concept -> words that say it; university, institute and the like are no difference, whatever the language."""

PLACES: Final = {
    "vienna": "wien wiener vienne",
    "munich": "muenchen munchen ",
    "cologne": "koln koeln",
    "nuremberg": "nurnberg nuernberg",
    "zurich": "zuerich",
    "geneva": "geneve genf ginevra",
    "bern": "berne",
    "basel": "bale",
    "rome": "roma",
    "milan": "milano",
    "turin": "torino",
    "naples": "napoli",
    "florence": "firenze",
    "venice": "venezia",
    "genoa": "genova",
    "padua": "padova",
    "lisbon": "lisboa lisbonne",
    "prague": "praha praze",
    "warsaw": "warszawa warszawie warszawski warszawska varsovie",
    "krakow": "cracow krakowie krakowska krakowski krakau",
    "wroclaw": "wroclawski wroclawska wroclawiu",
    "poznan": "poznaniu poznanska poznanski",
    "gdansk": "gdanski gdanska gdansku",
    "seville": "sevilla",
    "brussels": "bruxelles brussel brussels",
    "antwerp": "antwerpen anvers",
    "ghent": "gent gand",
    "copenhagen": "kobenhavn kobenhavns koebenhavns",
    "gothenburg": "goteborg goteborgs",
    "bucharest": "bucuresti",
    "belgrade": "beograd beogradu",
    "zagreb": "zagrebu",
    "ljubljana": "ljubljani",
    "athens": "athina athinon athinas",
    "thessaloniki": "thessalonikis",
    "crete": "kritis",
    "patras": "patron",
    "hague": "haag",
    "luxembourg": "luxemburg",
    "budapest": "budapesti",
    "debrecen": "debreceni",
    "szeged": "szegedi",
    "helsinki": "helsingin",
    "turku": "turun",
    "tampere": "tampereen",
    "oulu": "oulun",
    "oslo": "oslos",
    "bergen": "bergens",
    "stockholm": "stockholms",
    "uppsala": "uppsalas",
    "lund": "lunds",
    "tartu": "tartus",
    "tallinn": "tallinna",
    "riga": "rigas",
    "vilnius": "vilniaus",
    "istanbul": "istanbulu",
    "moscow": "moskva moscou",
    "kyiv": "kiev kyyiv",
    "cyprus": "kyprou",
    "catalonia": "catalunya cataluna",
    "andalusia": "andalucia",
    "basque": "vasco ",
    "bavaria": "bayern",
    "saxony": "sachsen",
    "hannover": "hanover",
    "strasbourg": "strassburg",
    "lyon": "lyons",
    "marseille": "marseilles",
    "saragossa": "zaragoza",
    "corunna": "coruna",
    "aarhus": "arhus",
    "bologna": "bolonia",
    "trento": "trent",
    "syracuse": "siracusa",
}

_LEGAL_FORMS: Final = (
    "lbg jsc aktiebolag akcyjna akciova npc ewiv consortile"
    " gmbh ggmbh mbh ag kg kgaa se ohg og eg ev ug sl slu sa sas sasu sarl srl srls scrl scarl sprl bvba sc ltd"
    " limited llc lp llp plc inc corp corporation company co bv nv ab oy oyj as asa aps kft zrt rt nyrt doo dd ad"
    " eood ood sro spol zoo sp oo lda unipessoal ltda aisbl asbl vzw ae ike epe etaireia etairia anonymi anonim"
    " anonymos idiotiki kefalaiouchiki monoprosopi sirketi ticaret sanayi limitada limitata spolka ograniczona"
    " odpowiedzialnoscia korlatolt felelossegu uab sia ou tov ggc dac clg guarantee sociedad responsabilita"
    " responsabilidad anonima anonyme gemeinnutzige gemeinnuetzige cooperativa coop onlus ets ehf hf ivzw ong"
    " haftungsbeschrankt haftungsbeschraenkt eingetragener societa societe per azioni private"
)
_SMALL_WORDS: Final = (
    "of and the de la le les du des di del della delle dei degli dell der die das und fur fuer y e et en in for a"
    " an to at on i z w na u ve van voor het d l s da do dos para pour con im am zu zur zum och til den det kai gia"
    " tou tis ton with by per el los las al els po pri v vo em no nas o os pentru din cu pro za pod von vom mit bei"
    " aux au sur sous"
)
DROPPED: Final = frozenset(_LEGAL_FORMS.split()) | frozenset(_SMALL_WORDS.split())
"""Legal forms and the small words; never what tells two bodies apart."""

_NUMERALS: Final = {
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "xi": "11",
    "xii": "12",
    "xiii": "13",
    "first": "1",
    "second": "2",
    "third": "3",
}

_KINDS: Final = "hosp faculty dept school college ministry museum library city univ academy polytech lab council alumni"
STRONG: Final = frozenset(_KINDS.split()) | {"press", "enterprise", "enterprises", "ventures", "business", "services"}
"""Words that say what kind of body it is: a hospital is not its university, nor a faculty, nor a department."""

_QUALIFIERS: Final = (
    "tech medical agricultural applied econ education polytech open free vrije catholic catholique catolica cattolica"
    " international europe american state metropolitan normal arts art music sport law pedagogical autonoma autonomous"
    " new chinese women islamic orthodox military veterinary marine virtual global genomics health it city"
)
QUALIFIERS: Final = frozenset(_QUALIFIERS.split())
"""Words of which a university has one and its neighbour in the same city has not: TU Wien is not Universität Wien."""

WEAK: Final = frozenset({"foundation", "association", "society", "agency", "holding", "group", "region"})
"""Words that say it only beside a strong one: a foundation of a university is not the university."""

LEXICON: Final = {
    word: concept for table in (CONCEPTS, PLACES) for concept, said in table.items() for word in said.split()
} | _NUMERALS
"""Word -> the concept it says."""

COMPOUNDS: Final = {
    "universitatsklinikum": ("univ", "hosp"),
    "universitaetsklinikum": ("univ", "hosp"),
    "universitatsspital": ("univ", "hosp"),
    "universitaetsspital": ("univ", "hosp"),
    "universitatsmedizin": ("univ", "hosp"),
    "universitaetsmedizin": ("univ", "hosp"),
    "universitatshospital": ("univ", "hosp"),
    "universitetshospital": ("univ", "hosp"),
    "universitetssjukhus": ("univ", "hosp"),
    "universitetssykehus": ("univ", "hosp"),
    "chu": ("centre", "hosp", "univ"),
    "chru": ("centre", "hosp", "univ"),
    "umc": ("univ", "medical", "centre"),
    "forschungsinstitut": ("research", "inst"),
    "forschungszentrum": ("research", "centre"),
    "forskningsinstitut": ("research", "inst"),
    "kutatointezet": ("research", "inst"),
    "bundesministerium": ("federal", "ministry"),
    "bundesanstalt": ("federal", "inst"),
    "entreprise": ("enterprise",),
    "politechnika": ("univ", "tech"),
    "politechniki": ("univ", "tech"),
    "camara": (),
}
"""Words that say several concepts."""

PHRASES: Final = (
    *("b v", "n v", "z o o", "s r o", "s p a", "s r l", "g m b h", "h f", "k k", "c o"),
    "national university corporation",
    "degli studi",
    "verejna vyzkumna instituce",
    "verejna vyskumna institucia",
    "higher education corporation",
    "the university court of",
    "public research institution",
    "gesellschaft mit beschrankter haftung",
    "societa consortile",
    "registered trustees of",
    "governing council of the",
    "educational foundation",
    "school corporation",
)
"""Phrases that only say a legal form."""
