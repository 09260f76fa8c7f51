"""What is furniture goes, every kind of it; what is the article's stays, whatever it looks like."""

from __future__ import annotations

import pytest

from newstext.extract.cleaning import clean_headline, clean_paragraphs, join_broken, repair
from newstext.extract.decoding import decode
from newstext.extract.furniture import is_junk
from tests.site import news

BODY = [
    f"{paragraph} {extra}" for paragraph, extra in zip(news.EVENTS[1][1], ["The gallery was full."] * 5, strict=True)
]

WIDGETS = [
    "Listen to article", "Listen to this article", "Share this article", "Copy link", "Print", "Save", "2 / 2", "0:33", "0:33 / 2:10", "Show all 16",
    "Has Video Duration: 1 minute 41 seconds", "Post Views: 7", "Short link :", "Short link : https://p.example/x", "Article content", "No comments yet...",
    "Reset restore all settings to the default values Done Close Modal Dialog End of dialog window.", "End of dialog window.", "Posts area Latest posts",
    "pinned Read the latest", "Latest posts", "3 min read", "Table of Contents", "This slideshow requires JavaScript.", "Sharing is caring!", "___", "* * *",
    "Explore courses from Top Institutes in Please select course:", "191119052250266", "Your browser does not support the video tag.",
    "Getting your Trinity Audio player ready...", "20:42KEY EVENT", "21:00Ada Brask-Vane Holm", "desk@courier.example", "twitter.com/courier", "You may also like...",
    "Artikel anhören", "Teilen", "Écouter l'article", "Partager", "Compartir", "Condividi", "Compartilhar", "Deel dit artikel", "مشاركة", "Поделиться", "Paylaş", "Udostępnij",
]  # fmt: skip
ADVERTS = [
    "Advertisement", "ADVERTISEMENT", "Advert", "STORY CONTINUES BELOW THIS AD", "Story continues below advertisement", "Advertisement - Scroll to continue", "by Taboola",
    "Sponsored Links", "Undo", "by Taboola / Sponsored Links / Undo", "Tired of too many ads? Remove Ads", "Remove Ads", "Learn more about your ad choices. Visit p.example/adchoices",
    "https://www.p.example/adchoices", "Anzeige", "Werbung", "Weiter nach der Werbung", "Publicité", "La suite après la publicité", "Publicidad", "Continúa después de la publicidad",
    "Pubblicità", "Continua dopo la pubblicità", "Publicidade", "Continua após a publicidade", "Advertentie", "Tekst gaat verder onder de advertentie", "إعلان", "Реклама",
    "Продолжение после рекламы", "Reklam", "Haber reklamdan sonra devam ediyor", "Reklama", "Dalsza część artykułu pod reklamą",
]  # fmt: skip
PROMOS = [
    "MORE: The mill in pictures", "MORE: Why the mill burnt.", "Read more: Five facts about wells", "READ MORE: Five facts about wells", "Read more", "Read More »", "Read more:",
    "Related Topics:", "Related: How the old dam of Tarn was built", "Recommended Reading:", "Recommended reading: The wells of Velmark", "DON'T MISS", "Also read: The dam",
    "▶ Watch: The burning mill as seen from the river", "For all the latest headlines follow our Google News channel", "Want all of The Courier? Subscribe.", "Subscribe now",
    "Sign up for our newsletter and never miss a story.", "Follow us on Instagram and Facebook", "For more stories like this, check our news page.", "Got a story? Get in touch with our team.",
    "Click here to read the whole report", "Follow the Courier on Instagram, Facebook and YouTube.", "Subscribe to the Courier on YouTube", "More:", "More water law: https://p.example/law",
    "Weekly: Sign up for our water newsletter.", "Did you see the fire? Get in touch at desk@p.example", ">> Hier finden Sie alle Brunnen im Überblick", "Il vous reste 57.09% de cet article à lire. La suite est réservée aux abonnés.",
    "Dam fury: Minister blames miller [INSIGHT]| Mill in flames [VIDEO] Tarn without water [PICTURES]", "Tags: water, law", "Filed under: Water", "(Read more: The wells of Velmark)",
    "Lesen Sie auch: Warum der Damm brach", "Lesen Sie auch", "Lesen Sie hier: Warum der Damm brach", "Mehr zum Thema", "Das könnte Sie auch interessieren", "Lire aussi : le barrage",
    "À lire aussi Le barrage de Tarn", "Lire aussi Le barrage cède à Tarn", "Lea también: La presa", "Te puede interesar: La presa", "Leggi anche: La diga di Tarn", "Leggi anche La diga di Tarn",
    "Leia também: A barragem", "Saiba mais", "Lees ook: De dam van Tarn", "Lees ook De dam van Tarn", "اقرأ أيضا: السد", "إقرأ أيضاً: السد", "شاهد أيضا: السد", "Читайте также: Плотина", "Читайте также",
    "Ayrıca okuyun: Baraj", "İlginizi çekebilir: Baraj", "Czytaj też: Zapora", "Czytaj także: Zapora w Tarn", "Zobacz też: Zapora",
]  # fmt: skip
CREDITS = [
    "Reporting by Ada Brask; Editing by Otto Vane", "(Reporting by Ada Brask in Port Meren; Editing by Otto Vane)", "Additional reporting by Otto Vane", "With inputs from agencies", "- Ends",
    "Ada Brask and Otto Vane contributed to this report.", "Brask reported from Port Meren.", "File photo: the mill (Getty Images)", "Photo: Ada Brask", "Image credit: Ada Brask",
    "The mill of Tarn on Sunday. (Photo by Ada Brask/Getty Images)", "The mill of Tarn on Sunday night (AP)", "The mill of Tarn (AP Photo/Ada Brask)", "Otto Vane/Getty Images",
    "Neighbours mourn the mill at a vigil (", "With reports from Ada Brask", "(Velmark fire brigade/AP pic)", "The mill of Tarn on Sunday. (Velmark fire brigade/AP pic)", "mit dpa", "(abc)", "12/11/2026",
    "Smoke over the river. Otto Vane/Reuters", "The mill of Tarn burns. Photograph: Ada Brask/PA", "Foto: Ada Brask/dpa", "Die Mühle von Tarn am Sonntag. (Foto: Ada Brask/dpa)",
    "Crédit photo : Ada Brask", "Foto: Ada Brask / EFE", "Foto: Ada Brask/Ansa", "Crédito: Ada Brask", "Beeld: Ada Brask", "الصورة: آدا براسك", "تصوير: آدا براسك", "Фото: Ада Браск / ТАСС", "Fotoğraf: Ada Brask",
    "Fot. : Ada Brask", "Zdjęcie: Ada Brask", "© 2026 The Meren Courier", "All rights reserved.", "Riproduzione riservata", "Todos los derechos reservados", "Alle Rechte vorbehalten",
]  # fmt: skip
CODE = [
    ".cls-1{clip-path:url(#clip-path);}", "@media (max-width: 600px) { .ad { display: none } }", "&w=3840&q=100)", "https://img.p.example/mill.jpg?w=3840&q=100", "![mill](x.jpg)", "![](https://p.example/x.png)",
    "[The dam in pictures](https://p.example/dam)", "Update: Date: Title: Content:", "window.dataLayer = window.dataLayer || [];", "googletag.cmd.push(function() { googletag.display('ad-1'); });",
    "[button link=”https://p.example”] Send us your review[/button]", "pic.twitter.com/a1B2c3", "https://adclick.p.example/c?x=1",
]  # fmt: skip
HOUSE = [
    "The Courier AI is in beta. Translations may contain inaccuracies.",
    "We use cookies to improve our site.",
    "This website uses cookies.",
]


@pytest.mark.parametrize("junk", [*WIDGETS, *ADVERTS, *PROMOS, *CREDITS, *CODE, *HOUSE])
def test_every_kind_of_furniture_goes_wherever_it_stands(junk):
    for place in (0, 1, 5):
        assert clean_paragraphs([*BODY[:place], junk, *BODY[place:]]).paragraphs == tuple(BODY), place


ARTICLE = [
    "He was 84.", "More: A Man for All Seasons opens with the chancellor at his desk, and from then on the evening never lets go.", "“Read more books,” she told the pupils.",
    "Read more books, the minister told the pupils of Tarn.", "Advertisement spending in Velmark fell by four per cent in the spring.", "An advertisement in the Courier cost him his post.",
    "Cookies that follow readers from site to site are to be banned in Velmark.", "Correction officers at the prison of Tarn laid down their work on Monday.", "Updated figures are due in May.",
    "Update Older Content: Refresh outdated wells first.", "Related costs rose by a third.", "Photos of the mill went round the town within the hour.", "Photo: that was the word he used.",
    "Print is not dead, she said.", "Share prices fell by a tenth.", "Subscribe to a view, he said, and you will never see another.", "By Monday the water had reached the mill", "By the river stands a mill",
    "1. Dig a well", "- a rope of forty metres", "Topics ranged from wells to dams.", "Source code of the pump was published.", "The ferry carries 2 / 3 of all goods.", "See more photos, he begged her.",
    "Copyright Complexity in a Fragmented World", "“Click here,” said the message that cost her 4,000 crowns.", "Follow the money, the auditor said.", "What happens next?", "Net income 130.0 101.8",
    "const depth = line.slice(index + 1).trim()", "Weight: 24.7 kg", "Video: 4K at 60 frames", "The match ended 3:2.", "Listen to the river, the old miller used to say.",
    "Die Werbung kostete den Verein 4000 Kronen.", "Anzeige erstattete der Müller am Montag.", "Lesen Sie mehr Bücher, sagte die Ministerin.", "Mehr: das war sein letztes Wort.", "La publicité a coûté 4 000 couronnes.",
    "Lire aussi les petites lignes, voilà son conseil.", "Comment expliquer ce rétablissement ? Et pourquoi si tard ?", "La publicidad costó 4.000 coronas.", "Lea también la letra pequeña, aconsejó.",
    "La pubblicità è costata 4.000 corone.", "Por que a barragem cedeu?", "Lees ook de kleine lettertjes, raadde zij aan.", "Foto's van de molen gingen rond.", "Реклама стоила четыре тысячи крон.", "إعلان الحكومة عن القانون أثار جدلا واسعا.",
    "Reklam harcamaları yüzde dört düştü.", "Reklama kosztowała 4000 koron.", "Von Montag an gilt das Gesetz", "Par la suite, il se tut", "Por la noche llovió", "Di notte piove",
]  # fmt: skip


@pytest.mark.parametrize("sentence", ARTICLE)
def test_a_paragraph_of_the_article_stays_though_it_looks_like_furniture(sentence):
    for place in (0, 1, 5):
        told = [*BODY[:place], sentence, *BODY[place:]]
        assert clean_paragraphs(told).paragraphs == tuple(told), place


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("Edison (EIX.N) opens new tab said", "Edison (EIX.N) said"),
        ("Edison (EIX.N), opens new tab said", "Edison (EIX.N) said"),
        ("Edison (EIX.N opens new tab ) said", "Edison (EIX.N) said"),
        ("Edison ( opens new tab said", "Edison said"),
        ("ABILENE, Texas () said", "ABILENE, Texas said"),
        ("the Soviet -era mill", "the Soviet-era mill"),
        ("Trump 's plan and Ukraine ’s answer", "Trump's plan and Ukraine’s answer"),
        ("They did n't go", "They didn't go"),
        ("healed the wound.He was gone", "healed the wound. He was gone"),
        ("healed the wound.“He was gone", "healed the wound. “He was gone"),
        ("Die Mühle brannte.Niemand starb dabei", "Die Mühle brannte. Niemand starb dabei"),
        ("Мельница сгорела.Никто не погиб", "Мельница сгорела. Никто не погиб"),
        ("a  mill ,  and a dam .", "a mill, and a dam."),
        ("&w=3840&q=100) The mill burnt down.", "The mill burnt down."),
        ("The [mill](https://p.example/mill) burnt down.", "The mill burnt down."),
        ("The mill ![alt](https://p.example/m.jpg) burnt down.", "The mill burnt down."),
        ("The mill burnt down. - EndsTune In", "The mill burnt down."),
    ],
)
def test_joins_are_repaired(broken, whole):
    assert repair(broken) == whole


@pytest.mark.parametrize(
    "sound",
    [
        "om 8 uur 's avonds", "in 's-Hertogenbosch", "Pour ne rien rater :", "Vraiment ?", "Él -dijo Juan- no vino", "see www.velmark.example/Tarn now", "write to Ada.Brask@post.example today",
        "Er sagte ...", "1990.5 and 2,000", "e.g. Meren", "the U.S. and the U.N. agreed",
    ],
)  # fmt: skip
def test_what_only_looks_broken_is_left(sound):
    assert repair(sound) == sound


def test_a_sentence_broken_at_its_linked_names_is_whole_again():
    lines = ["The minister of water told parliament that", "Ada Brask", "had seen the dam, and that", "Otto Vane", "had not.", "Otto Vane did not answer."]  # fmt: skip
    assert join_broken(lines) == [
        "The minister of water told parliament that Ada Brask had seen the dam, and that Otto Vane had not.",
        "Otto Vane did not answer.",
    ]
    assert join_broken(["A", "ngelo the miller slept."]) == ["Angelo the miller slept."]


def test_lists_headings_and_verse_are_not_joined():
    lines = ["What you need for one well of the usual depth", "a rope", "a bucket", "iPhones said to work", "eBay said on Monday that it sells none."]  # fmt: skip
    assert join_broken(lines) == lines


def test_an_address_on_its_own_line_stays_unless_it_opens_the_article():
    address = "https://p.example/report-of-the-auditors"
    assert clean_paragraphs([BODY[0], address, BODY[1]]).paragraphs == (BODY[0], address, BODY[1])
    assert clean_paragraphs([address, *BODY]).paragraphs == tuple(BODY)


def test_paragraphs_said_twice_are_kept_once():
    caption = "The mill of Tarn burns in a film that went round the town on Sunday night, and was seen by thousands."
    assert clean_paragraphs([BODY[0], caption, BODY[1], caption, *BODY[2:]]).paragraphs.count(caption) == 1
    refrain = "And the river ran on to the sea."
    assert clean_paragraphs([BODY[0], refrain, BODY[1], refrain]).paragraphs.count(refrain) == 2


@pytest.mark.parametrize(
    ("first", "dateline", "agency"),
    [
        ("PORT MEREN, Velmark (Reuters) - The ferry Halda ran aground on Tuesday.", "PORT MEREN, Velmark", "Reuters"),
        ("Port Meren, Nov 12 (Reuters) - The ferry Halda ran aground on Tuesday.", "Port Meren", "Reuters"),
        ("PORT MEREN — The ferry Halda ran aground on Tuesday.", "PORT MEREN", ""),
        ("(AP) — The ferry Halda ran aground on Tuesday.", "", "AP"),
        ("Meren (dpa/abc) - Die Fähre Halda ist am Dienstag aufgelaufen.", "Meren", "dpa"),
        ("MEREN, 12 nov (EFE).- El barco encalló el martes en el puerto.", "MEREN", "EFE"),
        ("(ANSA) - MEREN, 12 NOV - Il traghetto si è incagliato martedì.", "MEREN", "ANSA"),
        ("МЕРЕН, 12 ноября. /ТАСС/. Паром сел на мель у входа в гавань.", "МЕРЕН", "TASS"),
        ("القاهرة (رويترز) - قال مدير الميناء إن العبارة جنحت يوم الثلاثاء.", "القاهرة", "Reuters"),
        ("القاهرة - رويترز: قال مدير الميناء إن العبارة جنحت يوم الثلاثاء.", "القاهرة", "Reuters"),
    ],
)
def test_datelines_go_to_their_fields(first, dateline, agency):
    cleaned = clean_paragraphs([first, *BODY])
    assert (cleaned.dateline, cleaned.agency) == (dateline, agency)
    assert first.endswith(cleaned.paragraphs[0])
    assert cleaned.paragraphs[0][0].isupper() or "\u0600" <= cleaned.paragraphs[0][0] <= "\u06ff"
    assert len(cleaned.paragraphs) == 6


@pytest.mark.parametrize(
    "first",
    [
        "Ada Brask (SPD) – die Ministerin – sagte am Dienstag, dass der Damm hält.",
        "NATO – das Bündnis – hat am Dienstag beschlossen, die Übung abzusagen.",
        "EXCLUSIVE - The ferry Halda ran aground on Tuesday on the reef.",
        "The ferry - The Halda - ran aground on Tuesday on the reef off Port Meren.",
        "PORT MEREN is a town that few have seen - The ferry goes there twice a week.",
    ],
)
def test_a_first_sentence_with_a_dash_is_no_dateline(first):
    cleaned = clean_paragraphs([first, *BODY])
    assert (cleaned.dateline, cleaned.paragraphs[0]) == ("", first)


def test_a_dateline_on_its_own_line_goes_to_its_field():
    cleaned = clean_paragraphs(["PORT MEREN, Velmark —", *BODY])
    assert (cleaned.dateline, cleaned.paragraphs) == ("PORT MEREN, Velmark", tuple(BODY))


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("By Ada Brask and Otto Vane", "By Ada Brask and Otto Vane"),
        ("By and Otto Vane Save", "By Otto Vane"),
        ("Von Ada Brask", "Von Ada Brask"),
        ("Par Ada Brask", "Par Ada Brask"),
        ("Por Ada Brask de Meren", "Por Ada Brask de Meren"),
        ("Door Ada Brask", "Door Ada Brask"),
        ("بقلم آدا براسك", "بقلم آدا براسك"),
    ],
)
def test_bylines_go_to_their_field(line, byline):
    cleaned = clean_paragraphs([line, *BODY])
    assert (cleaned.byline, cleaned.paragraphs) == (byline, tuple(BODY))


def test_the_name_of_a_known_author_alone_on_a_line_is_no_paragraph():
    assert clean_paragraphs(["ADA BRASK", *BODY, "Ada Brask"], authors=("Ada Brask",)).paragraphs == tuple(BODY)
    assert clean_paragraphs(["ADA BRASK", *BODY]).paragraphs[0] == "ADA BRASK"


@pytest.mark.parametrize("line", ["Reuters", "The Associated Press", "By The Associated Press", "(dpa)", "AFP"])
def test_an_agency_alone_on_a_line_goes_to_its_field(line):
    for told in ([line, *BODY], [*BODY, line]):
        cleaned = clean_paragraphs(told)
        assert cleaned.agency
        assert cleaned.paragraphs == tuple(BODY)


def test_an_agencys_sign_behind_the_last_sentence_goes_and_the_sentence_stays():
    cleaned = clean_paragraphs([*BODY, "He was 84. (AP)"])
    assert (cleaned.agency, cleaned.paragraphs[-1]) == ("AP", "He was 84.")


def test_tickers_are_listed_and_stay_in_the_text():
    told = "Edison (EIX.N), opens new tab and Meren Mills (NYSE: MRM) rose, the U.S (U.S) did not; Halda (HLD.DE, HLD.N) fell."
    cleaned = clean_paragraphs([told, *BODY])
    assert cleaned.tickers == ("EIX.N", "NYSE:MRM", "HLD.DE", "HLD.N")
    assert cleaned.paragraphs[0].startswith("Edison (EIX.N) and Meren Mills (NYSE: MRM) rose")


@pytest.mark.parametrize(
    "notice",
    [
        "Correction: an earlier version gave another number.", "CORRECTION (12 November): the dam is in Tarn.", "Clarification: the dam is in Tarn.", "Editor's note: the dam has since been mended.",
        "This story has been updated to name the miller.", "An earlier version of this article gave another number.", "This is a breaking news story and will be updated.", "Korrektur: Der Damm steht in Tarn.",
        "Anmerkung der Redaktion: Der Damm steht in Tarn.", "In einer früheren Version dieses Artikels stand eine andere Zahl.", "Rectificatif : le barrage est à Tarn.", "Cet article a été mis à jour mardi.",
        "Corrección: la presa está en Tarn.", "Fe de errores: la presa está en Tarn.", "Errata corrige: la diga è a Tarn.", "Questo articolo è stato aggiornato martedì.", "Correção: a barragem fica em Tarn.",
        "Rectificatie: de dam staat in Tarn.", "تصحيح: السد في تارن.", "Исправление: плотина в Тарне.", "Düzeltme: Baraj Tarn'dadır.", "Sprostowanie: zapora jest w Tarn.",
    ],
)  # fmt: skip
def test_correction_notices_go_to_their_field(notice):
    for told in ([notice, *BODY], [*BODY, notice]):
        cleaned = clean_paragraphs(told)
        assert (cleaned.notices, cleaned.paragraphs) == ((notice,), tuple(BODY))


def test_a_notice_under_its_own_heading_is_one_notice():
    cleaned = clean_paragraphs([*BODY, "Correction: 12 November 2026", "The dam is in Tarn, not in Meren."])
    assert cleaned.notices == ("Correction: 12 November 2026 The dam is in Tarn, not in Meren.",)
    assert cleaned.paragraphs == tuple(BODY)


def test_a_widgets_words_behind_a_sentence_go_and_the_sentence_stays():
    assert clean_paragraphs([f"{BODY[0]} Read more", f"{BODY[1]} Back to video"]).paragraphs == (BODY[0], BODY[1])


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("Mill burns in Tarn – MC – 07/23/2026", "Mill burns in Tarn"),
        ("Mill burns in Tarn | The Meren Courier", "Mill burns in Tarn"),
        ("Mill burns in Tarn - Meren Courier", "Mill burns in Tarn"),
        ("Brask – the minister – resigns", "Brask – the minister – resigns"),
        ("Meren Courier", "Meren Courier"),
        ("Mill burns in Tarn - live", "Mill burns in Tarn - live"),
    ],
)
def test_the_publishers_name_leaves_the_headline(title, clean):
    assert clean_headline(title, "Meren Courier") == clean


def test_the_cleaner_is_as_fast_on_hostile_paragraphs():
    for hostile in (
        "a " * 200_000,
        "(" * 100_000,
        "A" * 200_000,
        "\u0627" * 50_000,
        "Read more: " * 20_000,
        "&w=" * 90_000,
        "[" * 90_000,
    ):
        assert isinstance(is_junk(hostile), bool)
        clean_paragraphs([hostile, hostile])


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("cp1252", "The mill burnt down — “nobody” was hurt, the miller’s wife said. " * 5),
        ("cp1252", "Il traghetto è finito sugli scogli, perché il capitano dormiva così bene. " * 5),
        ("iso-8859-1", "The dam cost £4,000 and nobody in the town of Tarn was willing to pay for it. " * 5),
        ("cp1250", "Młyn spłonął w nocy, a młynarz zdążył uciec przez okno na łąkę. " * 5),
        ("koi8-r", "Мельница сгорела ночью, никто не пострадал, сообщил мельник. " * 5),
        ("cp1253", "Ο μύλος κάηκε τη νύχτα και κανείς δεν έπαθε τίποτα, είπε ο μυλωνάς στην εφημερίδα. " * 5),
        ("cp1255", "הטחנה נשרפה בלילה ואיש לא נפגע, אמר הטוחן לעיתון ביום שלישי בבוקר. " * 5),
        ("cp1256", "احترقت الطاحونة ليلا ولم يصب أحد بأذى، قال الطحان للصحيفة صباح الثلاثاء. " * 5),
        ("iso-8859-2", "Mlýn v noci shořel a nikdo nebyl zraněn, řekl mlynář novinám v úterý ráno. " * 5),
        ("big5", "磨坊在夜裡燒毀了，沒有人受傷，磨坊主人星期二早上對報紙說。" * 5),
        ("euc-kr", "제분소가 밤에 불탔지만 아무도 다치지 않았다고 방앗간 주인이 말했다. " * 5),
    ],
)
def test_a_charset_that_no_one_names_is_found(charset, text):
    assert decode(text.encode(charset)) == text


def test_utf_8_with_a_broken_place_is_still_utf_8():
    body = "Die Fähre kehrte zurück — über Nacht. Der Müller fröhnte. ".encode() * 3
    assert decode(body[:-3] + b"\xe2\x80").startswith("Die Fähre kehrte zurück — über Nacht.")
