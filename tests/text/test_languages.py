"""Every language by the same rules: two tellings of one event join, a look-alike stays apart. All texts are invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newstext import dates, entities, pipeline, sentences, words
from newstext.dates import language as date_language
from newstext.grouping import StoryIndex
from newstext.records import ArticleText, Placement

NOON = datetime(2026, 11, 11, 12, tzinfo=UTC)
# language: two tellings of a dam that burst above Ostra, and another dam's repair two valleys on.
TOLD = {
    "de": (
        "Staudamm Kestrel über Ostra bricht, 41 Menschen gerettet. Feuerwehrchef Tomas Rell sagte, die Flut habe das Mühlenviertel von Ostra zerstört.",
        "Nach dem Bruch des Staudamms Kestrel sucht die Feuerwehr in Ostra nach Vermissten. Im Mühlenviertel wurden 41 Menschen gerettet, sagte Tomas Rell.",
        "Der Staudamm Brenth im Norden wird für zwölf Millionen saniert. Die Arbeiten an der Mauer beginnen im Mai, teilte das Wasseramt mit.",
    ),
    "es": (
        "La presa Kestrel se rompe sobre Ostra y rescatan a 41 personas. El jefe de bomberos Tomas Rell dijo que el agua arrasó el barrio del molino.",
        "Los bomberos buscan desaparecidos en Ostra tras la rotura de la presa Kestrel. En el barrio del molino rescataron a 41 personas, dijo Tomas Rell.",
        "La presa de Brenth será reparada por doce millones. Las obras del muro empiezan en mayo, informó la oficina del agua.",
    ),
    "fr": (
        "Le barrage Kestrel cède au-dessus d’Ostra, 41 personnes sauvées. Le chef des pompiers Tomas Rell a dit que l’eau a détruit le quartier des moulins.",
        "Les pompiers cherchent des disparus à Ostra après la rupture du barrage Kestrel. Dans le quartier des moulins, 41 personnes sont sauvées, selon Tomas Rell.",
        "Le barrage de Brenth sera réparé pour douze millions. Les travaux du mur commencent en mai, a annoncé l’office des eaux.",
    ),
    "ru": (
        "Плотина Кестрел над Острой прорвалась, спасатели сняли с крыш 41 человека. Начальник пожарной охраны Томас Релл заявил, что вода уничтожила мельничный квартал.",
        "После прорыва плотины Кестрел спасатели ищут пропавших. Мельничный квартал уничтожен, с крыш сняли 41 человека, заявил Томас Релл.",
        "Плотину Брент отремонтируют за двенадцать миллионов. Работы на стене начнутся в мае, сообщило водное управление.",
    ),
    "uk": (
        "Гребля Кестрел над Острою прорвалася, рятувальники зняли з дахів 41 людину. Начальник пожежної охорони Томас Релл заявив, що вода знищила млинарський квартал.",
        "Після прориву, якого зазнала гребля Кестрел, рятувальники шукають зниклих. Млинарський квартал знищено, з дахів зняли 41 людину, заявив Томас Релл.",
        "Греблю Брент відремонтують за дванадцять мільйонів. Роботи на стіні почнуться у травні, повідомило водне управління.",
    ),
    "tr": (
        "Ostra üzerindeki Kestrel Barajı yıkıldı, 41 kişi çatılardan kurtarıldı. İtfaiye şefi Tomas Rell değirmen mahallesinin sular altında kaldığını söyledi.",
        "Kestrel Barajı'nın yıkılmasının ardından Ostra'da arama sürüyor. Değirmen mahallesinde 41 kişi çatılardan kurtarıldı, dedi itfaiye şefi Tomas Rell.",
        "Brenth Barajı on iki milyona onarılacak. Duvardaki çalışmalar mayıs ayında başlayacak, diye bildirdi su idaresi.",
    ),
    "pl": (
        "Zapora Kestrel nad Ostrą pękła, strażacy zdjęli z dachów 41 osób. Komendant Tomas Rell powiedział, że woda zniszczyła dzielnicę młynów.",
        "Po tym, jak pękła zapora Kestrel, strażacy szukają zaginionych. Woda zniszczyła dzielnicę młynów, z dachów zdjęto 41 osób, powiedział komendant Tomas Rell.",
        "Zapora Brenth zostanie naprawiona za dwanaście milionów. Prace przy murze ruszą w maju, podał urząd wodny.",
    ),
    "el": (
        "Το φράγμα Κέστρελ πάνω από την Όστρα έσπασε και 41 άνθρωποι σώθηκαν. Ο αρχηγός της πυροσβεστικής Τόμας Ρελ είπε ότι η συνοικία των μύλων καταστράφηκε.",
        "Η πυροσβεστική ψάχνει αγνοούμενους μετά το φράγμα Κέστρελ που έσπασε στην Όστρα. Στη συνοικία των μύλων σώθηκαν 41 άνθρωποι, είπε ο Τόμας Ρελ.",
        "Το φράγμα Μπρεντ θα επισκευαστεί για δώδεκα εκατομμύρια. Τα έργα στον τοίχο αρχίζουν τον Μάιο, ανακοίνωσε η υπηρεσία υδάτων.",
    ),
    "ar": (
        "انهار سد كيستريل فوق مدينة أوسترا وأنقذ رجال الإطفاء 41 شخصا. وقال قائد الإطفاء توماس ريل إن المياه دمرت حي الطواحين.",
        "يبحث رجال الإطفاء عن مفقودين في أوسترا بعد انهيار سد كيستريل. وأنقذ 41 شخصا في حي الطواحين بحسب توماس ريل.",
        "يبدأ ترميم سد برنث في الشمال في مايو بكلفة اثني عشر مليونا، كما أعلن مكتب الري.",
    ),
    "fa": (
        "سد کسترل بالای شهر اوسترا شکست و آتش‌نشانان ۴۱ نفر را نجات دادند. توماس رل گفت آب محله آسیاب را ویران کرد.",
        "آتش‌نشانان پس از شکستن سد کسترل در اوسترا به دنبال گمشدگان هستند. ۴۱ نفر در محله آسیاب نجات یافتند، توماس رل گفت.",
        "سد برنت در شمال با دوازده میلیون بازسازی می‌شود. کار دیوار در ماه مه آغاز خواهد شد، اداره آبیاری اعلام کرد.",
    ),
    "he": (
        "סכר קסטרל מעל אוסטרה קרס והכבאים חילצו 41 בני אדם. מפקד הכבאים תומאס רל אמר שהמים הרסו את רובע הטחנות.",
        "הכבאים מחפשים נעדרים באוסטרה אחרי שסכר קסטרל קרס. ברובע הטחנות הכבאים חילצו 41 בני אדם, אמר תומאס רל.",
        "סכר ברנט בצפון ישופץ בשנים עשר מיליון. העבודות בקיר יתחילו במאי, מסרה רשות ההשקיה.",
    ),
    "hi": (
        "ओस्त्रा के ऊपर केस्ट्रल बांध टूट गया और दमकल ने 41 लोगों को बचाया। दमकल प्रमुख तोमास रेल ने कहा कि पानी ने चक्की मोहल्ला तबाह कर दिया।",
        "केस्ट्रल बांध टूटने के बाद दमकल ओस्त्रा में लापता लोगों को खोज रही है। चक्की मोहल्ला तबाह है, 41 लोगों को बचाया गया, तोमास रेल ने कहा।",
        "उत्तर में ब्रेंथ की दीवार की मरम्मत बारह करोड़ में होगी। काम मई में शुरू होगा, सिंचाई विभाग ने बताया।",
    ),
    "ja": (
        "オストラの上流でケストレルダムが決壊し、消防は四十一人を救助した。消防長トマス・レルは水車地区が流されたと述べた。",
        "ケストレルダムの決壊で消防はオストラの行方不明者を捜している。水車地区では四十一人を救助した。消防長トマス・レルが述べた。",
        "北部のブレンス堤防は来年五月に改修工事が始まる。費用は十二億円と水利局が発表した。",
    ),
    "zh": (
        "奥斯特拉上游的凯斯特大坝决堤，消防员救出四十一人。消防队长雷尔说磨坊区被洪水冲毁。",
        "凯斯特大坝决堤后消防员在奥斯特拉搜寻失踪者。磨坊区被洪水冲毁，消防员救出四十一人，雷尔说。",
        "北部的布伦水库明年五月开始维修工程，费用十二亿元，水务局宣布。",
    ),
    "ko": (
        "오스트라 위 케스트렐 댐이 무너져 소방대가 41명을 구조했다. 소방대장 토마스 렐은 물레방아 마을이 물에 잠겼다고 말했다.",
        "케스트렐 댐 붕괴 뒤 소방대는 오스트라에서 실종자를 찾고 있다. 물레방아 마을에서 41명을 구조했다고 토마스 렐이 말했다.",
        "북부 브렌스 제방은 내년 오월에 보수 공사를 시작한다. 비용은 백이십억이라고 수자원국이 발표했다.",
    ),
    "th": (
        "เขื่อนเคสเตรลเหนือเมืองออสตราแตก นักดับเพลิงช่วยคนได้ 41 คน หัวหน้าโทมัส เรลล์ กล่าวว่าน้ำท่วมย่านโรงสี",
        "นักดับเพลิงค้นหาผู้สูญหายในเมืองออสตราหลังเขื่อนเคสเตรลแตก ช่วยคนได้ 41 คนในย่านโรงสี โทมัส เรลล์ กล่าว",
        "รัฐบาลจะซ่อมกำแพงอ่างเก็บน้ำเบรนธ์ในภาคเหนือด้วยงบสิบสองล้าน เริ่มงานเดือนพฤษภาคม",
    ),
    "fi": (
        "Kestrelin pato murtui Ostran yläpuolella, ja 41 ihmistä pelastettiin. Palopäällikkö Tomas Rell kertoi, että vesi tuhosi myllykorttelin.",
        "Palokunta etsii kadonneita Ostrassa Kestrelin padon murtumisen jälkeen. Myllykorttelin katoilta 41 ihmistä pelastettiin, palopäällikkö Tomas Rell kertoi.",
        "Brenthin pato korjataan kahdellatoista miljoonalla. Työt alkavat toukokuussa, vesivirasto ilmoitti.",
    ),
    "qq": (  # no such language: no list of any kind
        "Zorrak Kestrel vlin Ostra brumti, 41 selvi onarak. Fumor Tomas Rell gadde, vattir melnik torvun.",
        "Fumor selvi Ostra posk Kestrel zorrak brumtir. Melnik torvun vattir, 41 selvi onarak, gadde Tomas Rell.",
        "Zorrak Brenth norva dvan milun. Arbun maja pelka, gadde vodurat.",
    ),
}


def article(key: str, text: str, language: str, hours: int) -> ArticleText:
    title, _, rest = text.partition(". ")
    return ArticleText(
        url="", id=key, title=title, text=text, paragraphs=(text,), language=language,
        published_at=NOON + timedelta(hours=hours),
    )  # fmt: skip


@pytest.mark.parametrize("language", sorted(TOLD))
def test_two_tellings_join_and_a_look_alike_stays_apart(language: str) -> None:
    index = StoryIndex()
    articles = [article(str(number), text, language, number) for number, text in enumerate(TOLD[language])]
    placed = [made for made in pipeline.group_articles(articles, index) if isinstance(made, Placement)]
    assert [made.story for made in placed] == ["0", "0", "2"]
    assert placed[1].because


@pytest.mark.parametrize("language", sorted(TOLD))
def test_a_story_in_any_language_gets_its_notes(language: str) -> None:
    articles = [pipeline.mark_article(article(str(n), text, language, n)) for n, text in enumerate(TOLD[language][:2])]
    notes = pipeline.write_notes(articles)
    assert notes.made_by


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ar", "وقال الرئيس كريم منصور في المؤتمر إن «قانون المياه» سيقر.", ["كريم منصور", "قانون المياه"]),
        ("fa", "نخست‌وزیر کریم منصوری گفت", ["کریم منصوری"]),
        ("he", "ראש הממשלה דוד לורן אמר", ["דוד לורן"]),
        ("hi", "प्रधानमंत्री अर्जुन मेहरा ने कहा कि बांध टूट गया।", ["अर्जुन मेहरा"]),
        (
            "ja",
            "田中一郎首相は「水法」を可決した。ジャン・デュポンも述べた。",
            ["田中一郎", "水法", "ジャン・デュポン"],
        ),
        ("ko", "김민준 대통령은 댐이 무너졌다고 말했다.", ["김민준"]),
        ("zh", "总理李明说大坝决堤了。", ["李明"]),
        ("th", "เขื่อนแตก", []),
    ],
)
def test_names_are_found_without_capitals(language: str, text: str, expected: list[str]) -> None:
    assert [name.text for name in entities.find(text, language=language)] == expected


def test_what_a_text_without_capitals_repeats_is_a_name() -> None:
    text = "سد كيستريل انهار. رجال قرب سد كيستريل. مياه سد كيستريل."
    assert [name.text for name in entities.find(text, language="ar")] == ["سد كيستريل"] * 3


@pytest.mark.parametrize(
    ("language", "text"), [("de", "Am Montag kam er."), ("es", "El Lunes vino."), ("ru", "Он пришёл в Понедельник.")]
)
def test_a_weekday_is_no_name_in_any_language(language: str, text: str) -> None:
    assert entities.find(text, language=language) == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("IŞIK", "ışık"),
        ("İZMİR", "izmir"),
        ("ΝΙΚΟΣ", "Νίκος"),
        ("STRASSE", "Straße"),
        ("करोड़", "करोड"),
        ("ЁЛКА", "елка"),
    ],
)
def test_two_spellings_of_a_word_are_one(first: str, second: str) -> None:
    assert words.fold(first) == words.fold(second)


@pytest.mark.parametrize(("first", "second"), [("बांध", "बुध"), ("की", "के"), ("が", "か")])
def test_vowel_signs_and_voicing_are_letters(first: str, second: str) -> None:
    assert words.fold(first) != words.fold(second)


def test_a_korean_word_stays_whole_syllables() -> None:
    assert words.fold("한국") == "한국"


def test_turkish_endings_after_an_apostrophe_are_no_part_of_the_name() -> None:
    assert words.words("Kestrel Barajı'nın", "tr") == ["kestrel", "baraji"]
    assert [name.text for name in entities.find("Bakan Elif Işık'ın evi", language="tr")] == ["Elif Işık"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("one two three", 3), ("凯斯特大坝决堤", 3), ("ダムが三つ broke", 3), ("", 0), ("ال سد", 2)],
)
def test_words_are_counted_in_every_script(text: str, expected: int) -> None:
    assert words.length(text) == expected


def test_a_long_chinese_article_is_not_taken_for_a_headline() -> None:
    text = "凯斯特大坝决堤后消防员在奥斯特拉搜寻失踪者。" * 20
    marked = pipeline.mark_article(article("zh", text, "zh", 0)).marks
    assert marked is not None
    assert marked.words > 60
    assert len(marked.lead_terms) < 60


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("ru", "11 ноября", "2026-11-11"),
        ("pt", "3 de maio de 2025", "2025-05-03"),
        ("tr", "9 Kasım 2026", "2026-11-09"),
        ("it", "9 novembre", "2026-11-09"),
        ("pl", "11 listopada", "2026-11-11"),
        ("hi", "11 नवंबर 2026", "2026-11-11"),
        ("ja", "11月10日", "2026-11-10"),
        ("ko", "2025년 3월 4일", "2025-03-04"),
    ],
)
def test_dates_are_read_in_languages_without_a_list_of_ours(language: str, text: str, value: str) -> None:
    assert [found.value for found in dates.find(text, published_at=NOON, language=language)] == [value]


def test_an_unknown_language_has_no_months_and_that_is_no_error() -> None:
    assert [found.value for found in dates.find("11 brumu 2025", published_at=NOON, language="qq")] == ["2025"]


def test_indian_and_ethiopian_stops_end_a_sentence() -> None:
    assert len(sentences.split("बांध टूट गया। लोग बचे॥ काम शुरू।", "hi")) == 3
    assert len(sentences.split("ግድቡ ተደረመሰ። ሰዎች ዳኑ።", "am")) == 2


def test_reading_one_language_leaves_the_months_of_the_next_alone() -> None:
    date_language.months_and_days("ja")
    assert date_language.months_and_days("it")["months"][8] == ["settembre"]
