"""Each planted fault is found by its rule, at its row and place; clean data passes every rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gemwright.catalog import catalog
from gemwright.catalog.claims import Claim
from gemwright.formats.gguf import read_header
from gemwright.tuning import RULES, Finding, Line, Settings, check
from gemwright.tuning.dataset import row_from_json
from tests.oracle.jinja_template import MODEL
from tests.tuning.rows import CLEAN, TOOL, called, clean, encode, lines_of, result, said, user


def found(*values: Any, settings: Settings | None = None, **options: Any) -> list[Finding]:
    """Check values as lines of a file."""
    return list(check(lines_of(*values, **options), settings))


def only(*values: Any, settings: Settings | None = None, **options: Any) -> Finding:
    """Return the one finding, which has to say what to do."""
    findings = found(*values, settings=settings, **options)
    assert len(findings) == 1, findings
    assert findings[0].hint
    return findings[0]


def rendered(name: str, **changes: Any) -> dict[str, Any]:
    """A clean row as another program would bring it: with its text and its mask."""
    value = clean(name)
    made = row_from_json(value)
    return {**value, "text": made.text, "trained": [list(span) for span in made.trained], **changes}


@pytest.mark.parametrize("flavour", ["large", "small"])
@pytest.mark.parametrize("name", CLEAN)
def test_clean_rows_pass(name: str, flavour: str) -> None:
    """A checker that cries wolf is switched off."""
    settings = Settings(max_tokens=1000, encode=encode)
    assert not found({**clean(name), "flavour": flavour}, settings=settings)
    assert not found(rendered(name), settings=settings)


def test_every_rule_says_what_holds() -> None:
    """`--rules` prints it."""
    assert all(rule.DESCRIPTION for rule in RULES.values())


def test_an_end_token_outside_the_mask() -> None:
    """The commonest fault: the tuned model never stops."""
    value = rendered("answer")
    value["trained"][0][1] -= len("<turn|>")
    finding = only(value)
    assert (finding.rule, finding.row) == ("mask", 1)
    assert "end token <turn|> is not trained on" in finding.message
    assert finding.place == f"character {value['trained'][0][1]}"


def test_the_stop_after_calls_outside_the_mask() -> None:
    """Without it the model goes on and writes the tool's answer itself."""
    value = rendered("call")
    value["trained"][0][1] -= len("<|tool_response>")
    assert "end token <|tool_response>" in only(value).message


def test_a_thought_outside_the_mask() -> None:
    """Half a target is trained on without what led to it."""
    value = rendered("thought")
    value["trained"][0][0] += len("<|channel>thought\nGreet.\n<channel|>")
    assert "not trained on '<|channel>thought" in only(value).message


def test_a_mask_that_covers_the_prompt() -> None:
    """Trained on the user's words, the model learns to speak for the user."""
    value = rendered("answer", trained=[[0, len(row_from_json(clean("answer")).text)]])
    assert {finding.rule for finding in found(value)} == {"mask"}
    assert any("'<bos><|turn>user" in finding.message for finding in found(value))


def test_a_mask_that_covers_a_result() -> None:
    """Trained on results, the model learns to invent them."""
    value = rendered("chain")
    value["trained"] = [[value["trained"][0][0], value["trained"][-1][1]]]
    findings = found(value)
    assert len(findings) == 2
    assert all("response:tide" in finding.message for finding in findings)


def test_a_mask_in_other_units() -> None:
    """Offsets in bytes or UTF-16 units are wrong from the first letter that is not ASCII."""
    value = rendered("answer")
    value["trained"][-1][1] += 50
    assert "goes beyond the text" in only(value).message


def test_a_mask_that_was_changed_in_a_row() -> None:
    """Rows are checked as they are trained, also those of a program that made them with this library."""
    made = row_from_json(clean("answer"))
    wrong = replace(made, trained=((0, 5), *made.trained))
    assert [finding.rule for finding in check([Line(7, replace(wrong, number=7))])] == ["mask"]


def test_nothing_to_train_on() -> None:
    """A row that ends with the user costs time and teaches nothing."""
    finding = only({"messages": [user("Hi"), said("Hello."), user("Bye")]})
    assert (finding.rule, finding.place) == ("mask", "row")


def test_another_templates_text() -> None:
    """Trained on one format and prompted in another, the model is a little worse everywhere."""
    value = rendered("small")
    value["text"] = value["text"].replace("<|turn>model\n", "<|turn>assistant\n")
    del value["trained"]
    finding = only(value)
    assert finding.rule == "drift"
    assert "'assistant" in finding.message
    assert "line 5" in finding.place


def test_a_second_bos() -> None:
    """The template writes one and the tokenizer another."""
    value = rendered("small")
    finding = only({**value, "text": "<bos>" + value["text"]})
    assert finding.rule == "drift"
    assert "<bos> already" in finding.hint


def test_no_bos() -> None:
    """Where no tokenizer adds it, the model is trained without its first token."""
    value = rendered("small")
    assert "tokenizer adds <bos>" in only({**value, "text": value["text"][5:]}).hint


def test_a_missing_empty_thought() -> None:
    """Rendered whole, the large template leaves out what its generation prompt writes with thinking off."""
    value = rendered("answer")
    value["text"] = value["text"].replace("<|channel>thought\n<channel|>", "")
    del value["trained"]
    assert "empty thought" in only(value).hint


def test_a_last_line_break_may_be_missing() -> None:
    """Nobody trains it, and many programs trim it."""
    value = rendered("answer")
    assert not found({**value, "text": value["text"].removesuffix("\n")})


def test_a_template_of_another_hash() -> None:
    """An old template in the trainer makes every row wrong at once; it is told once."""
    settings = Settings(template="{{ messages }}")
    findings = found(clean("answer"), clean("answer"), settings=settings)
    assert [(finding.rule, finding.row, finding.place) for finding in findings] == [("drift", 1, "template")]
    assert "SHA-256 begins" in findings[0].message


def test_the_template_of_the_other_flavour() -> None:
    """The small template with large rows leaves out the empty thought."""
    template = str(read_header(MODEL).text("tokenizer.chat_template"))
    settings = Settings(template=template)
    assert not found(clean("small"), settings=settings)
    assert not found(clean("small"), settings=Settings(template=template + "\n"))  # an editor added it
    assert "small flavour's" in only(clean("small"), clean("answer"), settings=settings).message


def test_the_hashes_are_in_the_corpus() -> None:
    """The rule reads them there, and has nothing to compare with if the claim is renamed."""
    figures = catalog().all(Claim)["chat-template/canonical"].figures
    assert figures is not None
    assert {"sha256_large", "sha256_small"} <= figures.keys()


def test_a_turn_that_was_cut() -> None:
    """Cut to a length, a row ends without its end token and teaches to stop anywhere."""
    value = rendered("answer")
    findings = found({**value, "text": value["text"][:-12], "trained": []})
    assert [finding.rule for finding in findings] == ["drift", "ends"]
    assert "cut to a length" in findings[0].hint
    assert "without an end token" in findings[1].message


def test_a_trace_that_stops_after_a_result() -> None:
    """Nothing is learned from that result; most such rows are traces of runs that failed."""
    value = clean("parallel")
    value["messages"].pop()
    finding = only(value)
    assert (finding.rule, finding.place) == ("ends", "messages[3]")


def test_an_argument_that_its_schema_types_otherwise() -> None:
    """Trained to write a number as text, the model breaks strict parsers that the schema was made for."""
    value = {"messages": [user("Vigo?"), called({"station": "Vigo", "days": "2"})], "tools": [TOOL]}
    finding = only(value)
    assert (finding.rule, finding.place) == ("calls", "messages[1].tool_calls[0]")
    assert "`days` of `tide` is '2', and is read back as 2" in finding.message


def test_a_thought_about_a_call_is_no_call() -> None:
    """After a result the prompt opens the thought, so what stands first is read as a thought and calls nothing."""
    value = clean("chain")
    value["messages"][5]["reasoning"] = 'call:tide{station:<|"|>Vigo<|"|>}'
    assert not found(value)


def test_a_call_of_an_undeclared_tool() -> None:
    """It teaches to call what was not given; the second call of the message is named."""
    value = clean("call")
    value["messages"][1]["tool_calls"].append({"function": {"name": "tides", "arguments": {}}})
    finding = only(value)
    assert finding.place == "messages[1].tool_calls[1]"
    assert "`tides` is not declared" in finding.message


def test_an_argument_that_breaks_its_own_string() -> None:
    """Gemma 4's strings know no escapes: a value that spells the quote mark can end its string early."""
    text = '<|"|>,days:3,station:<|"|>x'
    value = {"messages": [user("Vigo?"), called({"station": text})], "tools": [TOOL]}
    assert {finding.rule for finding in found(value)} == {"calls"}


def test_an_answer_that_is_read_as_a_call() -> None:
    """Such a row trains a call that no one asked for, in a form that only repairs understand."""
    value = {"messages": [user("Vigo?"), said('call:tide{station:<|"|>Vigo<|"|>}')], "tools": [TOOL]}
    assert "read as a call of `tide`" in only(value).message


def test_rows_that_are_too_long() -> None:
    """A trainer cuts them without a word, and the end token is what it cuts."""
    long = {"messages": [user("a" * 400), said("b")], "flavour": "small"}
    exact = only(long, settings=Settings(max_tokens=200, encode=encode))
    assert (exact.rule, exact.message) == ("length", "419 tokens, and 200 are trained")
    assert only(long, settings=Settings(max_tokens=100)).message == "about 109 tokens, and 100 are trained"
    assert not found(long, settings=Settings(max_tokens=419, encode=encode))


def test_a_target_without_its_thought() -> None:
    """Thinking is on and the target does not think: so the model learns not to."""
    finding = only({**clean("answer"), "thinking": True})
    assert (finding.rule, finding.place) == ("thoughts", "messages[1]")
    assert "no thought" in finding.message


def test_an_answer_after_a_result_without_its_thought() -> None:
    """There the prompt itself opens the thought, so at run time the model cannot answer as it was trained."""
    value = clean("chain")
    del value["messages"][5]["reasoning"]
    assert only(value).place == "messages[5]"


def test_a_thought_where_thinking_is_off() -> None:
    """It teaches to think when it was told not to."""
    finding = only({**clean("thought"), "thinking": False})
    assert finding.rule == "thoughts"
    assert "thinking is off" in finding.message


def test_thoughts_that_the_template_drops_from_targets() -> None:
    """All turns as targets, with thinking on: the earlier ones have lost their thoughts."""
    findings = found(clean("turns"), targets="all")
    assert [finding.place for finding in findings] == ["messages[1]", "messages[3]"]
    assert "row of its own" in findings[0].hint


def test_lines_that_are_no_rows_are_findings() -> None:
    """A file that can be read in part is checked in part."""
    findings = found(clean("answer"), {"messages": [result("x")]}, {"messages": [user("Hi"), {"role": "cat"}]})
    assert [(finding.rule, finding.row) for finding in findings] == [("unreadable", 2), ("unreadable", 3)]
    assert "messages[1].role" in findings[1].message
