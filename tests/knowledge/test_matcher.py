from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.calibration import UNCALIBRATED
from knowledge.decision import NO_THEME, Decision, Judgement, Reason
from knowledge.entry import Theme
from knowledge.files import Library
from knowledge.matcher import Matcher
from tests.benchmarks.bench_matching import TODAY as BENCH_DAY
from tests.benchmarks.bench_matching import generated, questions
from tests.library import with_entry


def first(matcher: Matcher, question: str, today: dt.date) -> str:
    return matcher.judge(question, today=today).scored[0].entry_id


def test_a_title_finds_its_own_entry(matcher: Matcher, library: Library, today: dt.date) -> None:
    lost = [entry.id for entry in library.entries if first(matcher, entry.title, today) != entry.id]
    assert lost == []


@pytest.mark.parametrize(
    ("question", "entry_id"),
    [
        ("kesako le SPASER", "sigle-spaser"),
        ("Schéma de promotion des achats publics socialement et écologiquement responsables", "sigle-spaser"),
        ("L2112-2", "texte-l2112-2-execution"),
        ("What does the ISO 20400 standard say about sustainable procurement?", "guide-iso-20400"),
        ("reglment deforestacion", "texte-rdue"),
    ],
)
def test_acronyms_articles_english_and_typing_errors_lead_to_the_entry(
    matcher: Matcher, today: dt.date, question: str, entry_id: str
) -> None:
    assert first(matcher, question, today) == entry_id


@pytest.mark.parametrize("message", ["", "   ", "?!", "🙂🙂", "bonjour", "bonjour, j'ai une question", "aide svp"])
def test_an_empty_or_vague_message_asks_for_more(matcher: Matcher, today: dt.date, message: str) -> None:
    assert matcher.judge(message, today=today).decision is Decision.CLARIFY


@pytest.mark.parametrize(
    "closing",
    [
        "Merci d'avance pour votre réponse", "merci pour votre retour rapide, cordialement",
        "Dans l'attente de votre réponse, bonne journée.", "Thanks in advance for your help",
    ],
)  # fmt: skip
def test_the_thanks_that_close_a_message_are_not_what_it_asks(matcher: Matcher, today: dt.date, closing: str) -> None:
    bare, closed = (
        matcher.judge(said, today=today) for said in ("Bonjour, photocopieurs", f"Bonjour, photocopieurs. {closing}")
    )
    assert (closed.decision, closed.scored[0].entry_id) == (bare.decision, bare.scored[0].entry_id)


def test_the_delay_of_an_answer_is_still_a_question(matcher: Matcher, today: dt.date) -> None:
    judgement = matcher.judge("En combien de temps aurai-je une réponse ?", today=today)
    assert judgement.scored[0].entry_id == "faq-delai-reponse"


@pytest.mark.parametrize(
    "message", ["quel temps fera-t-il dimanche", "recette de la quiche lorraine", "comment refaire ma carte d'identité"]
)
def test_what_is_not_the_networks_business_is_redirected(matcher: Matcher, today: dt.date, message: str) -> None:
    judgement = matcher.judge(message, today=today)
    assert (judgement.decision, judgement.reason) == (Decision.REDIRECT, Reason.OFF_TOPIC)
    assert judgement.theme == NO_THEME
    assert judgement.scored


def test_thanks_alone_are_small_talk(matcher: Matcher, today: dt.date) -> None:
    judgement = matcher.judge("merci beaucoup bonne soirée", today=today)
    assert (judgement.decision, judgement.reason) == (Decision.REDIRECT, Reason.SMALL_TALK)


@pytest.mark.parametrize("message", ["slt kelkun peut maider", "c'est obligatoire ou pas ?", "c possible ?"])
def test_what_asks_of_nothing_is_to_be_made_clear(matcher: Matcher, today: dt.date, message: str) -> None:
    judgement = matcher.judge(message, today=today)
    assert (judgement.decision, judgement.reason) == (Decision.CLARIFY, Reason.TOO_VAGUE)


@pytest.mark.parametrize(
    "message", ["question cantine svp", "besoin d'aide pour la cantine", "besoin daide cantine", "Cantine"]
)
def test_a_subject_without_a_question_gets_the_entries_about_it(matcher: Matcher, today: dt.date, message: str) -> None:
    judgement = matcher.judge(message, today=today)
    assert (judgement.decision, judgement.reason) == (Decision.SUGGEST, Reason.SUBJECT_ONLY)
    assert judgement.theme == "alimentation"
    assert "produit-restauration" in [item.entry_id for item in judgement.scored[:3]]


def test_words_of_asking_around_a_subject_are_not_searched_for(matcher: Matcher, today: dt.date) -> None:
    alone, asked = (matcher.judge(message, today=today) for message in ("spaser", "bonjour, des infos spaser svp"))
    assert asked.scored == alone.scored
    assert asked.scored[0].entry_id == "sigle-spaser"


@pytest.mark.parametrize(
    "frame",
    [
        "{}, ça désigne quoi ?", "{} ça veut dire quoi", "que signifie {} ?", "à quoi correspond {} ?", "c koi {}",
        "qu'est-ce qu'on entend par {} ?", "le sigle {} je connais pas", "bonjour, tu peux m'expliquer {} stp ?",
        "qqn sait ce que c'est {} ?", "on me parle de {} mais je sais pas ce que c'est", "what does {} mean?",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("term", "entry"),
    [
        ("SPASER", "sigle-spaser"), ("REP", "definition-rep"), ("ESAT", "sigle-stpa-iae"), ("CCAP", "sigle-dce"),
        ("coût global", "definition-cout-global"),
    ],
)  # fmt: skip
def test_the_meaning_of_a_word_of_the_library_is_answered_however_it_is_asked(
    matcher: Matcher, today: dt.date, frame: str, term: str, entry: str
) -> None:
    judgement = matcher.judge(frame.format(term), today=today)
    assert (judgement.decision, judgement.scored[0].entry_id) == (Decision.ANSWER, entry)


@pytest.mark.parametrize(
    ("message", "entry"),
    [
        ("on doit acheter du papier", "produit-papier-fournitures"),
        ("quelles obligations pour les chaises ?", "produit-mobilier"),
        ("avez vous un exemple de cctp pour des chaises", "produit-mobilier"),
        ("quel label pour la tonte", "produit-espaces-verts"),
        ("on renouvelle notre marché de cantine, des conseils ?", "produit-restauration"),
    ],
)
def test_a_purchase_of_which_only_the_subject_is_said_gets_the_entries_about_it(
    matcher: Matcher, today: dt.date, message: str, entry: str
) -> None:
    judgement = matcher.judge(message, today=today)
    assert (judgement.decision, judgement.reason) == (Decision.SUGGEST, Reason.SUBJECT_ONLY)
    assert entry in [item.entry_id for item in judgement.scored[:3]]


def test_money_that_an_entry_says_nothing_of_is_not_answered(matcher: Matcher, today: dt.date) -> None:
    asked = "du matériel électrique pour les espaces verts"
    assert matcher.judge(asked, today=today).decision is Decision.ANSWER
    judgement = matcher.judge(f"y a-t-il des aides pour acheter {asked} ?", today=today)
    assert (judgement.decision, judgement.reason) == (Decision.SUGGEST, Reason.NOT_TREATED)


@pytest.mark.parametrize("message", ["je dois acheter un trampoline", "une idée de label pour mon chat ?"])
def test_a_purchase_that_is_not_the_networks_is_suggested_nothing(
    matcher: Matcher, today: dt.date, message: str
) -> None:
    assert matcher.judge(message, today=today).decision in {Decision.REDIRECT, Decision.EXPERTS}


@pytest.mark.parametrize(
    "message", ["combien de devis pour 15 000 euros", "marché d'entretien des pelouses, comment faire ?"]
)
def test_the_words_of_the_trade_are_never_turned_away(matcher: Matcher, today: dt.date, message: str) -> None:
    assert matcher.judge(message, today=today).decision in {Decision.ANSWER, Decision.SUGGEST}


@pytest.mark.parametrize("term", ["AGEC", "DEEE", "coût complet", "éco-organisme"])
def test_the_meaning_of_a_word_of_the_library_is_neither_turned_away_nor_an_experts(
    matcher: Matcher, today: dt.date, term: str
) -> None:
    for frame in ("{} ça désigne quoi", "qu'est-ce qu'on entend par {} ?", "tu peux m'expliquer {} ?"):
        assert matcher.judge(frame.format(term), today=today).decision in {Decision.ANSWER, Decision.SUGGEST}


@pytest.mark.parametrize(
    "message",
    ["c'est quoi la tartiflette", "que signifie mon rêve ?", "tu peux m'expliquer le hors-jeu ?", "what is love?"],
)
def test_the_meaning_of_a_word_that_is_not_the_librarys_is_turned_away(
    matcher: Matcher, today: dt.date, message: str
) -> None:
    assert matcher.judge(message, today=today).decision is Decision.REDIRECT


def test_a_dispute_whose_meaning_is_asked_still_goes_to_a_human(matcher: Matcher, today: dt.date) -> None:
    judgement = matcher.judge("notre fournisseur conteste la pénalité, ça veut dire quoi ?", today=today)
    assert judgement.decision is Decision.EXPERTS


@pytest.mark.parametrize("message", ["une pizza svp", "horaires piscine", "prix ?"])
def test_a_subject_that_is_not_the_librarys_is_turned_away(matcher: Matcher, today: dt.date, message: str) -> None:
    assert matcher.judge(message, today=today).decision is Decision.REDIRECT


@pytest.mark.parametrize("message", ["litige nettoyage", "contentieux titulaire", "référé précontractuel"])
def test_a_dispute_that_is_only_named_goes_to_a_human(matcher: Matcher, today: dt.date, message: str) -> None:
    judgement = matcher.judge(message, today=today)
    assert (judgement.decision, judgement.reason) == (Decision.EXPERTS, Reason.DISPUTE)


def test_a_reserved_question_goes_to_the_experts_with_its_entries(matcher: Matcher, today: dt.date) -> None:
    judgement = matcher.judge("Quel fournisseur choisir pour nos marchés de nettoyage ?", today=today)
    assert (judgement.decision, judgement.reason) == (Decision.EXPERTS, Reason.SUPPLIER)
    assert judgement.scored


@pytest.mark.parametrize("what", ["un modèle", "une trame", "une convention type"])
def test_a_document_that_the_entry_does_not_give_is_no_answer(matcher: Matcher, today: dt.date, what: str) -> None:
    asked = "Faut-il peser les restes de la cantine et donner les invendus à une association ?"
    assert matcher.judge(asked, today=today).decision is Decision.ANSWER
    got = matcher.judge(f"{asked} Vous avez {what} ?", today=today)
    assert (got.decision, got.reason) == (Decision.SUGGEST, Reason.NO_DOCUMENT)


def test_a_title_asked_word_for_word_is_mostly_answered(matcher: Matcher, library: Library, today: dt.date) -> None:
    decisions = [matcher.judge(entry.title, today=today).decision for entry in library.entries]
    assert decisions.count(Decision.ANSWER) > 0.9 * len(decisions)


def test_an_entry_is_not_proposed_outside_its_validity(library: Library, today: dt.date) -> None:
    over = replace(library.entries[0], valid_until=today - dt.timedelta(days=1))
    matcher = Matcher([over, *library.entries[1:20]], library.themes)
    listed = [item.entry_id for item in matcher.judge(over.title, today=today).scored]
    assert over.id not in listed
    assert first(matcher, over.title, today - dt.timedelta(days=1)) == over.id


def test_publishing_and_withdrawing_an_entry_takes_effect(library: Library, today: dt.date) -> None:
    few = Matcher(library.entries[1:20], library.themes)
    new = library.entries[0]
    more = with_entry(few, new)
    assert first(more, new.title, today) == new.id
    assert more.version != few.version
    assert more.over(few.entries, few.themes).version == few.version


def test_publishing_an_entry_takes_a_moment(matcher: Matcher, library: Library, today: dt.date) -> None:
    new = replace(library.entries[0], id="faq-toute-neuve", title="Que faire d'un dirigeable municipal ?")
    began = time.thread_time()
    again = Matcher(library.entries, library.themes)
    built = time.thread_time() - began  # the machine's pace changes
    took = []
    for _ in range(3):  # and something else may be at work
        began = time.thread_time()
        more = with_entry(again, new)
        took.append(time.thread_time() - began)
    assert min(took) < built / 4
    assert first(more, "dirigeable municipal", today) == "faq-toute-neuve"
    assert more.calibration == matcher.calibration


def test_a_library_much_changed_is_calibrated_again(matcher: Matcher, library: Library) -> None:
    assert matcher.over(library.entries[:100], library.themes).calibration != matcher.calibration


def test_in_a_large_library_the_entry_is_still_found() -> None:
    entries = generated(700)
    large = Matcher(entries, [Theme("juridique", {"fr": "Juridique"})], calibration=UNCALIBRATED)
    asked = questions(entries)[:100]
    found = sum(first(large, question, BENCH_DAY) == entry_id for question, entry_id in asked)
    assert found >= 97


@pytest.mark.parametrize(
    "message",
    [
        "l'entreprise Martin nous attaque au tribunal sur le lot 3, que faire ?",
        "le prestataire nous assigne au sujet du ménage des écoles",
        "référé précontractuel sur nos ordinateurs",
    ],
)
def test_a_dispute_goes_to_the_lawyers_whatever_is_bought(matcher: Matcher, today: dt.date, message: str) -> None:
    judgement = matcher.judge(message, today=today)
    assert (judgement.decision, judgement.theme) == (Decision.EXPERTS, "juridique")


def test_a_judgement_survives_json(matcher: Matcher, today: dt.date) -> None:
    judgement = matcher.judge("critère environnemental obligatoire ?", today=today)
    assert Judgement.from_data(json.loads(json.dumps(judgement.to_data()))) == judgement


def test_an_explanation_accounts_for_the_score(matcher: Matcher, today: dt.date) -> None:
    explanation = matcher.explain("labels exigés dans un march de papier", today=today)
    assert explanation.judgement == matcher.judge("labels exigés dans un march de papier", today=today)
    for entry in explanation.entries:
        assert sum(entry.features.values()) == pytest.approx(entry.score, abs=0.01)
    json.dumps(explanation.to_data())


def test_without_any_entry_nothing_is_answered(today: dt.date) -> None:
    assert Matcher([], []).judge("une question ?", today=today).scored == ()


def test_another_process_judges_the_same(matcher: Matcher, today: dt.date) -> None:
    questions = ["spaser oblig ?", "bois certifié", "kel label pr le papier", "météo", "x" * 100]
    script = (
        "import datetime as dt, json, sys\n"
        "from knowledge.files import read_library, shipped_library\n"
        "from knowledge.matcher import Matcher\n"
        "library = read_library(shipped_library())\n"
        "matcher = Matcher(library.entries, library.themes)\n"
        "day = dt.date.fromisoformat(sys.argv[1])\n"
        "print(json.dumps([matcher.judge(q, today=day).to_data() for q in sys.argv[2:]]))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, today.isoformat(), *questions],
        capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"},
    )  # fmt: skip
    assert json.loads(run.stdout) == [matcher.judge(q, today=today).to_data() for q in questions]


HOSTILE = st.one_of(
    st.text(max_size=4000),
    st.text("abcdefgh ", min_size=1000, max_size=4000),
    st.text("0123456789 .,-%€kmL'", min_size=100, max_size=4000),
    st.sampled_from(["a" * 4000, "l'" * 2000, "1 000 " * 600, "é" * 4000, "\u202e\u0000" * 2000, "(" * 4000]),
    st.sampled_from(
        ["'; DROP TABLE entries; --", "deux cent mille " * 250, "quel prix " * 400, "notre titulaire " * 250]
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(message=HOSTILE)
def test_no_message_crashes_or_stalls_the_matcher(matcher: Matcher, today: dt.date, message: str) -> None:
    taken = []
    for _ in range(2):  # twice: a pause of the memory's keeper is not the matcher's
        began = time.thread_time()
        judgement = matcher.judge(message, today=today)
        taken.append(time.thread_time() - began)
    assert min(taken) < 0.1
    assert len(judgement.scored) <= 10
    assert 0 <= judgement.confidence <= 1


def test_ten_megabytes_are_judged_at_once(matcher: Matcher, today: dt.date) -> None:
    began = time.thread_time()
    matcher.judge("achat durable " * 750_000, today=today)
    assert time.thread_time() - began < 0.5


def test_saying_why_takes_less_than_judging(matcher: Matcher, today: dt.date) -> None:
    def least(ask: Callable[[], object]) -> float:
        taken = []
        for _ in range(10):
            began = time.thread_time()
            ask()
            taken.append(time.thread_time() - began)
        return min(taken)

    question = "Le prix peut-il rester le seul critère d'attribution ?"
    judged = least(lambda: matcher.judge(question, today=today))
    assert least(lambda: matcher.judge_with_why(question, today=today)) < 2 * judged


def test_only_the_words_of_an_english_question_are_said_by_those_that_translate_them(
    matcher: Matcher, today: dt.date
) -> None:
    french = matcher.judge_with_why("faire le bilan annuel de sa politique d'achat durable, report", today=today).why
    english = matcher.judge_with_why("who may modify the contract during its performance", today=today).why
    assert french
    assert english
    assert "bilan" in french.shared
    assert "report" in french.missing
    assert "contract" in english.shared


def test_two_entries_as_near_as_each_other_are_both_suggested(matcher: Matcher, today: dt.date) -> None:
    judgement = matcher.judge("quel label pour le papier", today=today)
    assert (judgement.decision, judgement.reason) == (Decision.SUGGEST, Reason.CLOSE_CALL)
    assert {item.entry_id for item in judgement.scored[:2]} == {"label-ange-bleu", "produit-papier-fournitures"}


def test_an_entry_found_by_a_guess_alone_is_only_suggested(matcher: Matcher, today: dt.date) -> None:
    guessed, told = (matcher.judge(f"marché de {word}", today=today) for word in ("chaulage", "chaufage"))
    assert guessed.scored[0].entry_id == told.scored[0].entry_id
    assert (guessed.decision, guessed.reason) == (Decision.SUGGEST, Reason.GUESSED)
    assert told.decision is Decision.ANSWER
