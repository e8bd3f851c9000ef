"""Commands about the knowledge base: ``match``, ``evaluate`` and ``library check``."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from bot.cli_operator import operator
from bot.embedding import embedder_of
from bot.render.card import decimal
from bot.render.why import sentences
from bot.settings import load
from bot.words import Words
from helpdesk.clock import SystemClock
from knowledge.checks import library_warnings
from knowledge.decision import MOST_SUGGESTED, Decision
from knowledge.errors import Fault, LabelledFileError, LibraryError
from knowledge.evaluation import evaluate, unknown_labels
from knowledge.explanation import in_short
from knowledge.files import check_library, read_library, shipped_library
from knowledge.labelled import read_labelled, read_questions
from knowledge.matcher import Matcher
from knowledge.senses import Remembering

if TYPE_CHECKING:
    from knowledge.decision import Judgement
    from knowledge.evaluation import Report
    from knowledge.explanation import Explanation

_EXPLAINED = 5  # entries shown with their detail
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_LINES = click.File(encoding="utf-8-sig", errors="surrogateescape")  # what is no UTF-8 is told by its line


@click.command("match")
@click.argument("question", required=False)
@click.option("--explain", is_flag=True)
@click.option("--batch", type=_LINES)
@click.option("--library", "folder", type=_FOLDER)
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]))
def match_command(
    question: str | None,
    batch: TextIO | None,
    folder: Path | None,
    day: dt.datetime | None,
    *,
    explain: bool,
) -> None:
    """Match one question, or every line of a JSON Lines file, with the library."""
    words = _words()
    if (question is None) == (batch is None):
        raise click.UsageError(words("knowledge.match.one_of"))
    matcher = _matcher(folder, words)
    today = _today(day)
    if batch is not None:
        _match_batch(matcher, batch, today, words)
    elif question is not None:
        explanation = matcher.explain(question, today=today)
        _print_judgement(matcher, explanation.judgement, words)
        if explain:
            _print_in_short(explanation, words)
            _print_explanation(explanation, words)


@click.command("evaluate")
@click.argument("file", type=_LINES)
@click.option("--library", "folder", type=_FOLDER)
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]))
def evaluate_command(file: TextIO, folder: Path | None, day: dt.datetime | None) -> None:
    """Print the measures of the matcher on a labelled file."""
    words = _words()
    try:
        labelled = read_labelled(file)
    except LabelledFileError as error:
        raise click.ClickException(_line_fault(error, words)) from None
    if not labelled:
        raise click.ClickException(words("knowledge.evaluate.no_question"))
    matcher = _matcher(folder, words)
    if unknown := unknown_labels(labelled, matcher):
        raise click.ClickException(words("knowledge.evaluate.unknown", labels=", ".join(unknown)))
    _print_report(evaluate(matcher, labelled, _today(day)), words)
    wanted, threshold = round(100 * matcher.precision, 1), f"{matcher.calibration.answer_from:.2f}"
    click.echo("\n" + words("knowledge.report.current", wanted=f"{wanted:g}", threshold=threshold))


@click.group("library")
def library_group() -> None:
    """Work on the library's files."""


@library_group.command("check")
@click.argument("folder", type=_FOLDER, required=False)
def check_command(folder: Path | None) -> None:
    """Refuse a library folder's faults with their file and line, and warn of what could be better."""
    words = _words()
    place = folder or shipped_library()
    faults = check_library(place)
    for fault in faults:
        click.echo(_sentence(fault, words))
    if faults:
        click.echo(words.plural("knowledge.check.faults", len(faults)))
        sys.exit(1)
    library = read_library(place)
    warnings = library_warnings(library, place, _today(None))
    for warning in warnings:
        click.echo(_sentence(warning, words))
    click.echo(words("knowledge.check.sound", entries=len(library.entries), warnings=len(warnings)))


def _matcher(folder: Path | None, words: Words) -> Matcher:
    try:
        library = read_library(folder or shipped_library())
    except LibraryError as error:
        for fault in error.faults:
            click.echo(_sentence(fault, words), err=True)
        raise click.ClickException(words.plural("knowledge.check.faults", len(error.faults))) from None
    me = operator()
    settings = me.settings if me else load()
    model = embedder_of(settings)
    return Matcher(
        library.entries,
        library.themes,
        precision=settings.configuration.matching.precision,
        embedder=Remembering(model) if model else None,
    )


def _words() -> Words:
    me = operator()
    return me.words if me else Words()


def _today(day: dt.datetime | None) -> dt.date:
    return day.date() if day else SystemClock().now().date()


def _match_batch(matcher: Matcher, batch: TextIO, today: dt.date, words: Words) -> None:
    try:
        for _, line in read_questions(batch):
            judgement = matcher.judge(line["text"], today=today)
            click.echo(json.dumps(_batch_line(line, judgement), ensure_ascii=False))
    except LabelledFileError as error:
        raise click.ClickException(_line_fault(error, words)) from None


def _batch_line(line: dict[str, Any], judgement: Judgement) -> dict[str, Any]:
    return {
        "input": line,
        "decision": str(judgement.decision),
        "theme": judgement.theme,
        "entries": [{"id": item.entry_id, "score": item.score} for item in judgement.scored],
    }


def _print_judgement(matcher: Matcher, judgement: Judgement, words: Words) -> None:
    titles = {entry.id: entry.title for entry in matcher.entries}
    themes = {theme.id: theme.labels.get(words.locale, theme.id) for theme in matcher.themes}
    click.echo(
        words(
            "knowledge.match.decision",
            decision=words(f"knowledge.decision.{judgement.decision}"),
            reason=words(f"knowledge.reason.{judgement.reason}"),
        )
    )
    click.echo(words("knowledge.match.theme", theme=themes.get(judgement.theme, words("knowledge.match.no_theme"))))
    if judgement.decision in {Decision.CLARIFY, Decision.REDIRECT}:
        return
    click.echo(words("knowledge.match.nearest"))
    for rank, item in enumerate(judgement.scored):
        percent = round(100 * item.score)
        if rank >= MOST_SUGGESTED and not percent:
            break
        share = words("common.percent", percent=percent)
        click.echo(f"  {share:>5}  {item.entry_id}  {titles[item.entry_id]}")


def _print_in_short(explanation: Explanation, words: Words) -> None:
    why = in_short(explanation)
    if why is None:
        return
    click.echo("\n" + words("knowledge.explain.in_short"))
    for sentence in sentences(why, words):
        click.echo(f"  {sentence}")


def _print_explanation(explanation: Explanation, words: Words) -> None:
    spelt = explanation.spelt()
    click.echo("\n" + words("knowledge.explain.in_detail"))
    click.echo(
        words("knowledge.explain.query", terms=" ".join(spelt[word] for word in explanation.query if word in spelt))
    )
    if explanation.meanings:
        names = dict.fromkeys(spelt.get(name[1:], name[1:]) for name in explanation.meanings)
        click.echo(words("knowledge.explain.meanings", names=", ".join(names)))
    click.echo(words("knowledge.explain.signals"))
    for name, value in explanation.signals.items():
        click.echo(f"  {decimal(value, 3, words):>8}  " + words(f"knowledge.signal.{name}"))
    for name, value in explanation.thresholds.items():
        click.echo(f"  {decimal(value, 3, words):>8}  " + words(f"knowledge.threshold.{name}"))
    written = {stem: spelt.get(word, word) for word, stem in zip(explanation.query, explanation.stems, strict=True)}
    for entry in explanation.entries[:_EXPLAINED]:
        click.echo(f"\n{decimal(entry.score, 2, words)}  {entry.entry_id}")
        for name, value in entry.features.items():
            click.echo(f"  {decimal(value, 3, words):>8}  " + words(f"knowledge.feature.{name}"))
        for field, terms in (("terms", entry.terms), ("body_terms", entry.body_terms)):
            listed = "; ".join(
                f"{written.get(term, term)} {decimal(value, 3, words)}"
                for term, value in sorted(terms.items(), key=_by_value)
            )
            click.echo("  " + words(f"knowledge.explain.{field}", terms=listed or "-"))


def _by_value(item: tuple[str, float]) -> tuple[float, str]:
    return -item[1], item[0]


def _print_report(report: Report, words: Words) -> None:
    for measure in report.measures:
        name = words(f"knowledge.measure.{measure.name}")
        interval = f"[{measure.low:.3f} ; {measure.high:.3f}]"
        click.echo(f"{name:<60} {measure.value:.3f}  {interval}  n={measure.count}")
    click.echo("\n" + words("knowledge.report.by_type"))
    for kind, counts in sorted(report.by_type.items()):
        listed = ", ".join(words(f"knowledge.decision.{name}") + f" {count}" for name, count in counts.items() if count)
        click.echo(f"  {kind:<24} {listed}")
    click.echo("\n" + words("knowledge.report.reliability"))
    for row in report.reliability:
        click.echo(f"  {row.promised:.2f}  {row.true:.2f}  n={row.count}")
    click.echo("\n" + words("knowledge.report.settings"))
    for setting in report.settings:
        click.echo(
            f"  {setting.threshold:.2f}  {setting.precision:.3f}  {setting.coverage:.3f}  {setting.unanswerable:.3f}"
        )


def _sentence(fault: Fault, words: Words) -> str:
    text = words(f"knowledge.fault.{fault.code}", **fault.data)
    level = words(f"knowledge.severity.{fault.severity}")
    return f"{fault.path}:{fault.line}: {level}: {text}"


def _line_fault(error: LabelledFileError, words: Words) -> str:
    return words("knowledge.line_fault", line=error.line, fault=words(f"knowledge.line.{error.fault}"))
