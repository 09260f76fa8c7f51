"""Kinds of page told apart, and what may not be shown refused: invented pages in a dozen languages."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from newstext.extract import PublisherMemory, read_page
from newstext.extract.memory import block_hash
from newstext.extract.wrong_body import Titled, foreign_bodies, is_made_of, is_of_another, is_same_body, main_paragraphs
from newstext.records import ArticleText, FeedEntry, Page

MILL = tomllib.loads((Path(__file__).parents[1] / "samples" / "mill.toml").read_text(encoding="utf-8"))
LANGUAGES = sorted(MILL)
AT = "https://courier.example"


def page(
    body: list[str] | None = None,
    *,
    language: str = "en",
    title: str | None = None,
    head: str = "",
    linked: dict | None = None,
    above: str = "",
    below: str = "",
    behind: str = "",
) -> bytes:
    """A page: above its headline, below it, its paragraphs, and what stands behind them."""
    headline = MILL[language]["title"] if title is None else title
    told = "".join(f"<p>{paragraph}</p>" for paragraph in (MILL[language]["body"] if body is None else body))
    script = f'<script type="application/ld+json">{json.dumps(linked)}</script>' if linked else ""
    return (
        f"<!doctype html><html lang={language}><head><title>{headline}</title>{head}{script}</head><body>"
        f"<nav><a href=/>Home</a></nav><main><article><header>{above}<h1>{headline}</h1></header>{below}{told}</article>"
        f"{behind}</main><footer>Courier of Port Meren</footer></body></html>"
    ).encode()


def read(body: bytes, path: str = "/news/mill-1", *, entry: FeedEntry | None = None) -> ArticleText:
    found, _ = read_page(Page(AT + path, body, entry=entry))
    assert isinstance(found, ArticleText)
    return found


def kind_and_refusal(body: bytes, path: str = "/news/mill-1") -> tuple[str, bool]:
    article = read(body, path)
    return article.kind, bool(article.refused)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_article_is_an_article_in_any_language(language):
    article = read(page(language=language))
    assert (article.kind, article.refused, article.language) == ("article", "", language)
    assert len(article.paragraphs) == 3


ADDRESSES = [
    ("opinion", "/opinion/mill", "/meinung/muehle", "/tribunes/moulin", "/opinioni/mulino", "/yazarlar/degirmen", "/%D8%B1%D8%A3%D9%8A/1"),
    ("letters", "/letters/mill", "/service/leserbriefe/muehle", "/opinion/cartas/molino", "/lezersbrieven/molen"),
    ("live", "/world/live/mill", "/liveticker/muehle", "/en-direct/moulin", "/en-vivo/molino", "/na-zywo/mlyn"),
    ("video", "/video/mill", "/videos/muehle", "/%D9%81%D9%8A%D8%AF%D9%8A%D9%88/1"),
    ("gallery", "/gallery/mill", "/bildergalerien/muehle", "/diaporama/moulin", "/fotogaleria/molino"),
    ("podcast", "/podcast/mill", "/podcasts/muehle", "/balado/moulin"),
    ("newsletter", "/newsletters/mill", "/infolettre/moulin", "/nieuwsbrief/molen"),
    ("sponsored", "/sponsored/mill", "/paidcontent/promotion/muehle", "/publireportage/moulin", "/artykul-sponsorowany/mlyn"),
    ("explainer", "/explainers/mill", "/decryptage/moulin", "/explicador/moinho"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, *paths in ADDRESSES for path in paths])
def test_an_address_names_the_kind_and_a_text_of_its_own_is_shown(kind, path):
    assert kind_and_refusal(page(), path) == (kind, False)


HEADLINES = [
    ("opinion", ("en", "Opinion | The mill must stand again"), ("de", "Kommentar: Die Mühle muss wieder stehen"), ("it", "L'editoriale: il mulino va rifatto – Opinione"),
     ("ar", "رأي: الطاحونة يجب أن تعود"), ("ru", "Мнение: мельница должна стоять"), ("ja", "社説：水車小屋をもう一度")),
    ("letters", ("en", "Letters to the editor: our mill"), ("fr", "Courrier des lecteurs : notre moulin"), ("es", "Cartas al director: nuestro molino"), ("pl", "Listy do redakcji: nasz młyn")),
    ("live", ("en", "Tarn mill fire LIVE: roof falls in"), ("de", "Brand der Mühle von Tarn im Liveticker"), ("pt", "Ao vivo: moinho de Tarn em chamas"), ("ar", "مباشر | احتراق طاحونة تارن"), ("tr", "Canlı: Tarn değirmeni yanıyor")),
    ("video", ("en", "Watch: the mill of Tarn burns"), ("es", "[VIDEO] Arde el molino de Tarn"), ("ar", "شاهد.. طاحونة تارن تحترق"), ("ja", "【動画】ターンの水車小屋が全焼")),
    ("gallery", ("en", "In pictures: the mill of Tarn"), ("de", "Fotostrecke: Die Mühle von Tarn"), ("fr", "Le moulin de Tarn en flammes – en images"), ("ru", "Фото: мельница в Тарне")),
    ("podcast", ("en", "Podcast: who saved the flour?"), ("nl", "Luister: wie redde het meel?"), ("it", "Podcast | Chi ha salvato la farina?")),
    ("newsletter", ("en", "Morning briefing: the mill and the flour"), ("es", "El boletín: el molino y la harina"), ("pl", "Poranny biuletyn: młyn i mąka")),
    ("explainer", ("en", "Mill fire in Tarn: what we know"), ("de", "Brand der Mühle: was wir wissen"), ("fr", "Incendie du moulin : ce que l’on sait"), ("ar", "حريق الطاحونة: ماذا نعرف حتى الآن"), ("ja", "【解説】ターンの水車小屋の火事")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "language", "title"), [(kind, *one) for kind, *titles in HEADLINES for one in titles])
def test_a_headline_names_the_kind(kind, language, title):
    assert kind_and_refusal(page(language=language, title=title)) == (kind, False)


@pytest.mark.parametrize(
    "title",
    ["Live music returns to the mill of Tarn", "Photos of missing miller found in the flour", "Letter bomb found at the mill of Tarn", "Video shows the mill of Tarn burning",
     "Comment on the mill costs the mayor of Tarn his office", "In his opinion the mill of Tarn was too old", "404 sacks of flour saved from the mill of Tarn", "Die Meinung der Müllerin von Tarn"],
)  # fmt: skip
def test_a_word_in_a_headline_is_no_label(title):
    assert kind_and_refusal(page(title=title)) == ("article", False)


@pytest.mark.parametrize(
    ("kind", "linked"),
    [("opinion", {"@type": "OpinionNewsArticle"}), ("live", {"@type": "LiveBlogPosting"}), ("sponsored", {"@type": "AdvertiserContentArticle"}), ("sponsored", {"@type": "NewsArticle", "sponsor": {"name": "Brask Bank"}}),
     ("letters", {"@type": "NewsArticle", "articleSection": "Leserbriefe"}), ("gallery", {"@type": "ImageGallery"}), ("podcast", {"@type": "PodcastEpisode"}), ("article", {"@type": "NewsArticle", "video": {"@type": "VideoObject"}})],
)  # fmt: skip
def test_the_page_s_own_data_name_the_kind(kind, linked):
    assert kind_and_refusal(page(linked={"headline": MILL["en"]["title"], **linked})) == (kind, False)


@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "Paid content"), ("en", "Sponsored by Brask Bank"), ("de", "Advertorial"), ("de", "Anzeige"), ("fr", "Contenu sponsorisé"), ("es", "Contenido patrocinado"), ("it", "Publiredazionale"), ("pt", "Conteúdo patrocinado"),
     ("nl", "Gesponsorde inhoud"), ("ar", "محتوى برعاية"), ("ru", "На правах рекламы"), ("tr", "Sponsorlu içerik"), ("pl", "Artykuł sponsorowany"), ("ja", "PR記事")],
)  # fmt: skip
def test_a_label_beside_the_headline_says_that_somebody_paid(language, label):
    assert kind_and_refusal(page(language=language, above=f"<div>{label}</div>")) == ("sponsored", False)


def test_a_link_beside_the_headline_that_is_marked_as_paid_says_so():
    below = '<div>Presented with <a rel="sponsored nofollow" href="https://bank.example">Brask Bank</a></div>'
    assert kind_and_refusal(page(below=below)) == ("sponsored", False)


def test_the_label_of_an_advertisement_on_the_page_does_not_make_the_article_one():
    slot = "<div><div>Anzeige</div></div>"
    html = page(language="de", behind=slot).replace(b"<main>", f"<main>{slot}".encode())
    assert kind_and_refusal(html) == ("article", False)


@pytest.mark.parametrize(
    ("kind", "language", "line"),
    [("video", "en", "Watch the mill of Tarn burn."), ("video", "de", "Das Video zeigt den Brand."), ("gallery", "fr", "Photo 1 sur 16"), ("gallery", "es", "Ver las 16 fotos"), ("podcast", "it", "Ascolta la puntata di oggi."), ("podcast", "ar", "استمع إلى الحلقة.")],
)  # fmt: skip
def test_a_page_of_pictures_or_sound_without_a_text_is_refused(kind, language, line):
    assert kind_and_refusal(page([line], language=language), f"/{kind}/mill") == (kind, True)


CHALLENGES = {
    "en": ("Just a moment...", "Checking your browser before accessing courier.example. This takes a few seconds. Please enable JavaScript and cookies to continue."),
    "de": ("Einen Moment bitte", "Bitte bestätigen Sie, dass Sie ein Mensch sind. Wir haben ungewöhnlichen Datenverkehr aus Ihrem Netz bemerkt und prüfen nun Ihre Anfrage."),
    "fr": ("Accès refusé", "Veuillez vérifier que vous êtes bien un humain. Un trafic inhabituel a été relevé depuis votre réseau, votre demande est donc examinée."),
    "es": ("Un momento", "Verifique que es humano para seguir. Hemos notado tráfico inusual desde su red y por eso revisamos su solicitud antes de abrir la página."),
    "it": ("Verifica di sicurezza", "Verifica di essere umano per andare avanti. Abbiamo notato traffico insolito dalla tua rete e controlliamo la richiesta prima di aprire."),
    "pt": ("Um momento", "Confirme que você é humano para seguir. Notámos tráfego incomum na sua rede e por isso revemos o seu pedido antes de abrir a página."),
    "nl": ("Een ogenblik geduld", "Bevestig dat u een mens bent om verder te gaan. Wij zagen ongebruikelijk verkeer vanaf uw netwerk en bekijken daarom uw verzoek eerst."),
    "ar": ("لحظة من فضلك", "يرجى التحقق من أنك إنسان قبل فتح الصفحة. لاحظنا حركة مرور غير عادية من شبكتك ولذلك نراجع طلبك قبل أن نفتح لك هذا الموقع."),
    "ru": ("Один момент", "Подтвердите, что вы не робот, чтобы открыть страницу. Мы заметили необычный трафик из вашей сети и проверяем запрос перед открытием сайта."),
    "tr": ("Güvenlik kontrolü", "Sayfayı açmak için insan olduğunuzu doğrulayın. Ağınızdan olağandışı trafik geldiğini gördük, bu yüzden isteğinizi önce gözden geçiriyoruz."),
    "pl": ("Chwileczkę...", "Potwierdź, że jesteś człowiekiem, aby otworzyć stronę. Zauważyliśmy nietypowy ruch z twojej sieci i dlatego sprawdzamy to żądanie."),
    "ja": ("しばらくお待ちください", "ページを開く前に、あなたが人間であることを確認してください。お使いのネットワークから通常と異なるトラフィックが見つかりました。"),
}  # fmt: skip
CONSENTS = {
    "en": "We and our 214 partners store and/or access information on a device, such as cookies, to show personalised ads. Accept all cookies or manage your consent.",
    "de": "Wir und unsere 214 Partner speichern Informationen auf Ihrem Gerät. Sie können alle Cookies akzeptieren oder Ihre Einwilligung jederzeit widerrufen.",
    "fr": "Nous et nos 214 partenaires gardons des informations sur votre appareil. Vous pouvez accepter et continuer, ou paramétrer les cookies à tout moment.",
    "es": "Nosotros y nuestros 214 socios guardamos información en su dispositivo. Puede aceptar todas las cookies o gestionar cookies cuando lo desee.",
    "it": "Noi e i nostri 214 partner conserviamo informazioni sul dispositivo. Puoi scegliere: accetta tutti i cookie oppure gestisci le preferenze.",
    "pt": "Nós e os nossos 214 parceiros guardamos informações no seu dispositivo. Pode aceitar todos os cookies ou gerir cookies quando quiser.",
    "nl": "Wij en onze 214 partners bewaren gegevens op uw apparaat. U kunt alle cookies accepteren of later uw toestemming intrekken, zo vaak u wilt.",
    "ar": "نحن وشركاؤنا نحفظ معلومات على جهازك ونستخدم ملفات تعريف الارتباط. يمكنك قبول جميع ملفات تعريف الارتباط أو إدارة الموافقة في أي وقت تشاء.",
    "ru": "Мы и наши партнёры храним данные на вашем устройстве. Мы используем файлы cookie; вы можете принять все cookie или отозвать согласие когда угодно.",
    "tr": "Biz ve ortaklarımız cihazınızda bilgi saklıyoruz. Tüm çerezleri kabul edebilir ya da çerez tercihlerini istediğiniz zaman değiştirebilirsiniz.",
    "pl": "My i nasi zaufani partnerzy przechowujemy dane na twoim urządzeniu. Używamy plików cookie; wybierz: akceptuj wszystkie albo zarządzaj zgodami.",
    "ja": "当社とパートナーはお使いの端末に情報を保存し、広告を表示するためにクッキーを使用しています。すべてのクッキーを許可するか、いつでも同意を撤回できます。",
}  # fmt: skip
PAYWALLS = {
    "en": "Already a subscriber? Log in. Subscribe now to continue reading this article.",
    "de": "Dieser Artikel ist nur für Abonnenten. Jetzt abonnieren und weiterlesen.",
    "fr": "Il vous reste 80 % de cet article à lire. La suite est réservée aux abonnés, abonnez-vous pour lire la suite.",
    "es": "Contenido exclusivo para suscriptores. Suscríbete para seguir leyendo.",
    "it": "Contenuto riservato agli abbonati. Abbonati per continuare a leggere.",
    "pt": "Conteúdo exclusivo para assinantes. Já é assinante? Assine para continuar a ler.",
    "nl": "Alleen voor abonnees. Neem een abonnement om verder te lezen.",
    "ar": "هذا المحتوى للمشتركين فقط. اشترك لقراءة المقال كاملا.",
    "ru": "Материал доступен по подписке. Оформите подписку, чтобы читать дальше.",
    "tr": "Bu haber abonelere özel. Okumaya devam etmek için abone olun.",
    "pl": "Artykuł tylko dla prenumeratorów. Kup dostęp, aby czytać dalej.",
    "ja": "この記事は有料会員限定です。ログインして続きを読む。",
}
ERRORS = {
    "en": ("Page not found", "The page you are looking for is not here any more, or it has never been here; we are sorry for that."),
    "de": ("Seite nicht gefunden", "Die gesuchte Seite gibt es leider nicht mehr, oder es hat sie nie gegeben. Zurück zur Startseite geht es hier."),
    "fr": ("Page introuvable", "La page que vous cherchez n'existe plus ou n'a jamais existé, nous en sommes désolés. Retour à l'accueil par ici."),
    "es": ("Página no encontrada", "La página que busca ya no existe o no ha existido nunca, lo sentimos mucho. Puede volver a la portada desde aquí."),
    "it": ("Pagina non trovata", "La pagina che cerchi non c'è più, oppure non c'è mai stata, e ce ne scusiamo. Da qui torna alla home del giornale."),
    "pt": ("Página não encontrada", "A página que procura já não existe, ou nunca existiu, e pedimos desculpa. Daqui pode voltar à página inicial."),
    "nl": ("Pagina niet gevonden", "De pagina die u zoekt is er niet meer, of is er nooit geweest, onze excuses. Hier gaat u terug naar de homepage."),
    "ar": ("الصفحة غير موجودة", "الصفحة التي تبحث عنها لم تعد هنا، أو لم تكن هنا قط، ونعتذر منك عن ذلك. يمكنك العودة إلى الصفحة الرئيسية من هنا."),
    "ru": ("Страница не найдена", "Страница, которую вы ищете, больше не существует или никогда не существовала, приносим извинения. Можно вернуться на главную."),
    "tr": ("Sayfa bulunamadı", "Aradığınız sayfa artık burada değil ya da hiç burada olmadı, bunun için özür dileriz. Buradan ana sayfaya dönebilirsiniz."),
    "pl": ("Nie znaleziono strony", "Strona, której szukasz, już nie istnieje albo nigdy nie istniała, bardzo przepraszamy. Stąd wróć na stronę główną."),
    "ja": ("ページが見つかりません", "お探しのページは移動または削除された可能性があります。ご不便をおかけして申し訳ございません。トップページに戻る。"),
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_check_for_robots_is_refused_and_keeps_the_headline_of_the_feed(language):
    title, text = CHALLENGES[language]
    entry = FeedEntry("g", f"{AT}/news/mill-1", MILL[language]["title"])
    article = read(page([text], language=language, title=title), entry=entry)
    assert (article.kind, article.title) == ("challenge", MILL[language]["title"])
    assert "robots" in article.refused


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_consent_form_is_refused(language):
    assert kind_and_refusal(page([CONSENTS[language]], language=language)) == ("consent", True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paywall_in_the_body_or_behind_it_is_refused(language):
    first = MILL[language]["body"][0]
    assert kind_and_refusal(page([first, PAYWALLS[language]], language=language)) == ("paywall", True)
    behind = f"<aside><div>{PAYWALLS[language]}</div></aside>"
    assert kind_and_refusal(page([first], language=language, behind=behind)) == ("paywall", True)


def test_a_paywall_that_is_known_from_the_publishers_other_pages_is_refused_all_the_same():
    memory, wall = PublisherMemory(), PAYWALLS["en"]
    for number, title in enumerate(("Harbour of Lindhaven frozen over", "Schools in Karsa get new desks for spring")):
        url = f"{AT}/news/{number}"
        _, hashes = read_page(Page(url, page([f"{title}, as the town's council said on Tuesday evening.", wall])))
        memory.learn(url, title, {*hashes, block_hash(wall)}, "en")
    url = f"{AT}/news/mill-1"
    furniture = memory.furniture(url)
    found, _ = read_page(Page(url, page([MILL["en"]["body"][0], wall])), furniture)
    assert block_hash(wall) in furniture
    assert isinstance(found, ArticleText)
    assert (found.kind, bool(found.refused)) == ("paywall", True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_page_is_refused(language):
    title, text = ERRORS[language]
    assert kind_and_refusal(page([text], language=language, title=title)) == ("error", True)


def test_a_long_consent_form_is_refused():
    purpose = "Partners may use the data to choose basic advertisements and to measure how a page is used by the people of the house."
    form = [
        CONSENTS["en"],
        *[f"{number}. {purpose}" for number in range(9)],
        "Reject all. We use cookies. You can withdraw your consent at any time.",
        "Your privacy choices are kept for a year. Consent to the use of your data.",
    ]
    assert kind_and_refusal(page(form)) == ("consent", True)


LOOK_ALIKES = [
    ("en", "Court fines shop over cookie banner", ["The high court of Meren fined a shop 4,000 crowns on Monday over its cookie banner.", "Judges said that people must be able to refuse cookies as easily as they accept them; the shop asks for consent in small grey letters.", "The shop will appeal."]),
    ("en", "Captchas keep out the blind, charity says", ["A charity for the blind in Lindhaven asked the government on Tuesday to forbid captchas on its pages.", "“Please verify you are human,” such pages say, and show pictures that nobody but the sighted can tell apart.", "The ministry promised an answer by May."]),
    ("de", "Gericht: Bezahlschranke der Zeitung ist zulässig", ["Das Landgericht Lindhaven hat die Bezahlschranke der Meren-Zeitung am Montag für zulässig erklärt.", "Ein Leser hatte geklagt, weil er „Nur für Abonnenten“ lesen musste, obwohl er für die gedruckte Ausgabe zahlt.", "Der Verlag zeigte sich erleichtert."]),
    ("fr", "Page introuvable : une exposition sur les erreurs du web", ["Le musée de Lindhaven ouvre mardi une exposition sur les pages d'erreur et leurs auteurs.", "Elle réunit quatre cents dessins que des informaticiens ont faits pour consoler les visiteurs perdus.", "L'entrée est libre jusqu'en mai."]),
    ("es", "El diario de Meren sube el precio de la suscripción", ["El diario de Meren subirá en mayo el precio de su suscripción, anunció el lunes su directora, Oda Brask.", "Los lectores pagarán dos coronas más al mes; el papel ha subido un tercio en un año.", "El sindicato pide que se suban también los sueldos."]),
    ("ar", "محكمة تغرّم متجرا بسبب ملفات تعريف الارتباط", ["غرّمت محكمة ليندهافن متجرا أربعة آلاف كرونة يوم الاثنين بسبب طريقة طلبه الموافقة على ملفات تعريف الارتباط.", "وقال القضاة إن الرفض يجب أن يكون سهلا مثل القبول.", "وقال المتجر إنه سيستأنف الحكم."]),
    ("ja", "クッキーの同意画面めぐり店に罰金", ["リンドハーベンの裁判所は月曜日、クッキーの同意画面をめぐり、ある店に四千クローネの罰金を命じた。", "裁判官は、拒否することは受け入れることと同じくらい簡単でなければならないと述べた。", "店は控訴する方針だ。"]),
    ("ru", "Газета Мерена поднимает цену подписки", ["Газета Мерена с мая поднимет цену подписки, сообщила в понедельник её редактор Ода Браск.", "Читатели будут платить на две кроны в месяц больше, потому что бумага за год подорожала на треть.", "Профсоюз просит поднять и зарплаты."]),
    ("pl", "Pracownicy poczty: dostęp do sieci tylko z hasłem", ["Poczta w Lindhaven zamknęła w poniedziałek dostęp do swojej sieci dla osób bez hasła.", "Przyczyną był atak, w którym ktoś zapisał czterysta stron fałszywych listów.", "Policja szuka sprawcy od wtorku."]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "title", "body"), LOOK_ALIKES)
def test_a_short_article_about_walls_stays_an_article(language, title, body):
    article = read(page(body, language=language, title=title))
    assert (article.kind, article.refused) == ("article", "")


def test_a_headline_like_a_wall_s_stays_if_the_feed_gave_it():
    title, body = (
        "Access denied: the blind and the web",
        [
            "A charity for the blind asked the government on Tuesday to open its pages to everybody.",
            "Half of them cannot be read by machines that speak.",
        ],
    )
    entry = FeedEntry("g", f"{AT}/news/mill-1", title)
    assert read(page(body, title=title), entry=entry).refused == ""


CLOSED = {"@type": "NewsArticle", "isAccessibleForFree": "http://schema.org/False"}


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ja"])
def test_a_closed_article_that_stands_whole_on_its_page_is_shown(language):
    assert kind_and_refusal(page(language=language, linked=CLOSED)) == ("article", False)
    assert kind_and_refusal(page(MILL[language]["body"][:1], language=language, linked=CLOSED)) == ("article", False)


@pytest.mark.parametrize(
    "given",
    [
        {"body": [MILL["en"]["body"][0], "Nobody was hurt, and the mayor..."]},
        {"body": MILL["en"]["body"][:1], "behind": "<div>Subscribe to read the full story.</div>"},
        {"body": MILL["en"]["body"][:2], "linked": {**CLOSED, "wordCount": 900}},
        {"body": MILL["en"]["body"][:1], "linked": {**CLOSED, "hasPart": {"isAccessibleForFree": False, "cssSelector": ".rest"}}},
    ],
)  # fmt: skip
def test_a_part_of_a_closed_article_is_not_shown_as_the_article(given):
    assert kind_and_refusal(page(**{"linked": CLOSED, **given})) == ("paywall", True)


LISTED = [
    f"Item {number}: the people of Tarn see the wheel number {number} of the mill turn again" for number in range(12)
]


def listed(language: str, *, teasers: bool) -> str:
    lines = MILL[language]["body"] * 4
    return "".join(
        f'<section><h2><a href="/n/{number}">{title}</a></h2>{f"<p>{lines[number]} ({number})</p>" if teasers else ""}</section>'
        for number, title in enumerate(LISTED)
    )


@pytest.mark.parametrize("path", ["/", "/tag/mills", "/thema/muehlen", "/etiqueta/molinos", "/world"])
@pytest.mark.parametrize("teasers", [False, True])
def test_a_front_section_or_subject_page_is_a_list(path, teasers):
    html = f"<!doctype html><html lang=en><head><title>Mills</title></head><body><main><h1>News of mills</h1>{listed('en', teasers=teasers)}</main></body></html>"
    assert kind_and_refusal(html.encode(), path) == ("list", True)


def test_an_article_with_many_links_behind_it_is_no_list():
    assert kind_and_refusal(
        page(behind=listed("en", teasers=True).replace("<p>", "<span>").replace("</p>", "</span>"))
    ) == ("article", False)


@pytest.mark.parametrize("language", ["en", "de", "pl"])
def test_a_newsletter_of_other_stories_is_refused_and_one_with_a_text_is_shown(language):
    html = f"<!doctype html><html lang={language}><head><title>Mills</title></head><body><main><article><h1>Mills of the week</h1>{listed(language, teasers=True)}</article></main></body></html>"
    assert kind_and_refusal(html.encode(), "/newsletters/mills") == ("newsletter", True)
    assert kind_and_refusal(page(language=language), "/newsletters/mills") == ("newsletter", False)


@pytest.mark.parametrize(
    ("language", "line"),
    [("en", "DETAILS TO FOLLOW"), ("en", "More details soon …"), ("de", "Weitere Informationen folgen."), ("fr", "Plus d’informations à suivre."), ("es", "Habrá ampliación."), ("it", "Notizia in aggiornamento."), ("pt", "Mais informações em breve."),
     ("nl", "Meer volgt."), ("ar", "التفاصيل بعد قليل"), ("ru", "Подробности позже."), ("tr", "Haber güncelleniyor."), ("pl", "Więcej informacji wkrótce."), ("ja", "詳細は追って。")],
)  # fmt: skip
def test_a_stub_is_a_teaser(language, line):
    assert kind_and_refusal(page([MILL[language]["body"][0], line], language=language)) == ("teaser", False)


@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_a_long_text_with_many_clock_times_is_a_live_page(language):
    sentences = re.findall(r"[^.。]+[.。]", " ".join(MILL[language]["body"]))
    entries = "".join(f"<div>1{number}:0{number}</div><p>{line}</p>" for number, line in enumerate(sentences))
    assert kind_and_refusal(page([], language=language, below=entries)) == ("live", False)


@pytest.mark.parametrize("text", ["", "Loading", "<b></b>"])
def test_an_empty_page_is_refused(text):
    assert kind_and_refusal(page([text])) == ("empty", True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_body_of_another_matter_is_refused(language):
    other = {"en": "de"}.get(language, "en")
    title = {
        "en": "Captain of the ferry Halda questioned after dawn on a reef", "de": "Kapitän der gestrandeten Fähre Halda vom Küstenschutz befragt", "fr": "Le capitaine du ferry Halda interrogé après l'échouement sur un récif", "es": "Interrogan al capitán del transbordador Halda encallado en un arrecife",
        "it": "Interrogato il capitano del traghetto Halda incagliato sugli scogli", "pt": "Capitão do barco Halda interrogado depois do encalhe num recife", "nl": "Kapitein van gestrande veerboot Halda verhoord door kustwacht", "ar": "استجواب قبطان العبّارة هالدا بعد جنوحها على الشعاب المرجانية",
        "ru": "Капитана парома «Халда» допросили после аварии на рифе", "tr": "Karaya oturan Halda feribotunun kaptanı sorguya çekildi", "pl": "Kapitan promu Halda przesłuchany po wejściu statku na rafę", "ja": "座礁したフェリー船長を海上保安官が事情聴取",
    }[language]  # fmt: skip
    article = read(page(language=language, title=title))
    assert (article.kind, "another text" in article.refused) == ("error", True)
    assert MILL[other]["title"] not in article.title


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Up in smoke"),
        ("de", "Nicht ihr Tag"),
        ("fr", "Le grand soir"),
        ("ja", "夜空を焦がす"),
        ("en", "Sunday, bloody hot Sunday"),
    ],
)
def test_a_short_play_on_words_needs_no_word_in_its_text(language, title):
    assert kind_and_refusal(page(language=language, title=title)) == ("article", False)


def test_a_short_headline_is_judged_with_the_page_s_own_description():
    title = "Ferry captain questioned"
    far = "The captain of the ferry Halda is questioned by the coast guard after the ship ran onto a reef in thick fog."
    assert is_of_another(Titled(title, "\n\n".join(MILL["en"]["body"]), "en"), far)
    assert not is_of_another(
        Titled("Phoenix or ashes now", "\n\n".join(MILL["en"]["body"]), "en"),
        "A phoenix: the old mill of Tarn burnt down, the miller saved forty sacks of flour.",
    )
    assert not is_of_another(Titled(title, "\n\n".join(MILL["en"]["body"]), "en"), "")


APPEAL = (
    "The Courier belongs to its readers. Give what you can, monthly or once, so that our reporters may go on asking."
)


@pytest.mark.parametrize(
    "titles",
    [
        ["Ferry Halda runs aground off Port Meren", "Comet seen above Mount Sela", "Harvest Party elects Oda Brask"],
        ["العبّارة هالدا تجنح قرب بورت ميرين", "مذنب فوق جبل سيلا", "حزب الحصاد ينتخب أودا براسك"],
        ["フェリー、港の沖で座礁", "山の上に彗星現る", "収穫党が新党首を選出"],
    ],
)
def test_a_body_under_three_unrelated_headlines_is_none_of_theirs(titles):
    pages = [Titled(title, APPEAL) for title in titles]
    assert foreign_bodies(pages) == (0, 1, 2)
    assert foreign_bodies(pages[:2]) == ()


def test_a_text_under_new_headlines_of_its_own_keeps_them():
    text = "\n\n".join(MILL["en"]["body"])
    variants = [
        "Mill of Tarn burns",
        "Tarn mill fire: flour saved",
        "Miller saves forty sacks",
        "Old mill lost in fire",
    ]
    assert foreign_bodies([Titled(title, text, "en") for title in variants]) == ()


def test_the_page_whose_own_text_was_found_on_others_keeps_it():
    text = "\n\n".join(MILL["en"]["body"])
    titles = [
        MILL["en"]["title"],
        "Ferry Halda runs aground off Port Meren",
        "Comet seen above Mount Sela",
        "Harvest Party elects Oda Brask",
    ]
    assert foreign_bodies([Titled(title, text, "en") for title in titles]) == (1, 2, 3)


def test_the_publisher_s_name_in_its_headlines_relates_them_not():
    titles = [
        "Courier: ferry aground off Port Meren",
        "Courier: comet above Mount Sela",
        "Courier: Harvest Party elects Oda Brask",
    ]
    assert foreign_bodies(
        [Titled(title, "Give what you can, monthly or once.", "en") for title in titles], "The Courier"
    ) == (0, 1, 2)


def test_a_body_is_known_again_by_its_longest_paragraphs():
    first, *rest = MILL["en"]["body"]
    text = "\n\n".join([first, *rest])
    assert is_same_body(text, "\n\n".join(["A caption of this page.", first.upper(), *rest]))
    assert not is_same_body(text, "\n\n".join([first, "The ferry Halda had left Sandwick at six in the morning. " * 9]))
    assert is_made_of(text, set(main_paragraphs(text)))
    assert not is_made_of(text, set(main_paragraphs(first)))
    assert not is_same_body("", "")
