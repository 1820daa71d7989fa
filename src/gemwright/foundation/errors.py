"""The error taxonomy: every expected failure has a code, a hint, an exit code and an HTTP status.

Transport failures are raised. Bad model output is never raised by the parser: it becomes events, and a caller who wants
an exception raises one of the `OutputProblem` classes from the finished turn.

Exit codes: 1 findings or nothing fits, 2 usage, 3 runtime, 4 output, 5 limit, 130 interrupted.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "AnswerEmpty",
    "BadJSON",
    "BadMessages",
    "BadModelFile",
    "BadOption",
    "BadToolSchema",
    "CallTruncated",
    "CallUnparsable",
    "ConfigProblem",
    "ContextOverflow",
    "CorpusProblem",
    "GemwrightError",
    "LimitReached",
    "MemoryExhausted",
    "ModelMissing",
    "OutputProblem",
    "RuntimeFailure",
    "RuntimeGarbled",
    "RuntimeRejected",
    "RuntimeTimeout",
    "RuntimeUnreachable",
    "SchemaMismatch",
    "ThinkingUnclosed",
    "Unsupported",
    "UsageProblem",
]


class GemwrightError(Exception):
    """Base of every failure that gemwright expects.

    Args:
        message: one sentence: what went wrong, with the thing it went wrong with.
        hint: what the reader can do about it; the class's own hint when empty.
        advisory: id of the advisory that explains this, where one does.
    """

    code: ClassVar[str] = "GW-E000"
    default_hint: ClassVar[str] = ""
    exit_code: ClassVar[int] = 1
    http_status: int = 500
    retryable: bool = False

    def __init__(self, message: str, *, hint: str = "", advisory: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.default_hint
        self.advisory = advisory

    def __str__(self) -> str:
        return self.message


class UsageProblem(GemwrightError):
    """The caller asked for something that cannot be meant."""

    code = "GW-E200"
    exit_code = 2
    http_status = 400


class ConfigProblem(UsageProblem):
    """A setting is unknown, has the wrong type, or contradicts another one."""

    code = "GW-E201"
    default_hint = "`gemwright config show --origin` prints every setting and where it came from"


class BadMessages(UsageProblem):
    """A conversation that Gemma 4's template refuses, or that cannot be read as messages."""

    code = "GW-E202"
    default_hint = "messages are objects with a role (system, user, assistant, tool) and content"


class BadToolSchema(UsageProblem):
    """A tool declaration that is not a function with an object schema, or whose references go round in a circle."""

    code = "GW-E203"
    default_hint = 'a tool is {"name": …, "description": …, "parameters": {"type": "object", "properties": {…}}}'


class BadOption(UsageProblem):
    """A generation or command line option outside its range."""

    code = "GW-E204"


class BadModelFile(UsageProblem):
    """A model file that is not what it should be: truncated, of another format, or absurd in its sizes."""

    code = "GW-E205"
    default_hint = "fetch the file again and compare its size and checksum with the publisher's"


class BadJSON(UsageProblem):
    """Text that should be JSON and is not, or JSON that two programs would read differently."""

    code = "GW-E207"
    default_hint = "JSON is UTF-8 with double quotes, no comments, no NaN, and each key once in an object"


class Unsupported(UsageProblem):
    """A feature that this runtime, lane or variant cannot give."""

    code = "GW-E206"


class RuntimeFailure(GemwrightError):
    """The runtime, or the road to it, failed.

    `settled` is true once whether to send the request again was decided where it failed: nobody needs to try again.
    """

    code = "GW-E300"
    exit_code = 3
    http_status = 502
    settled: bool = False


class RuntimeUnreachable(RuntimeFailure):
    """Nothing answers at the address."""

    code = "GW-E301"
    default_hint = "is the server running, and is the address right? bare `gemwright` brings its own engine"
    http_status = 503
    retryable = True


class RuntimeTimeout(RuntimeFailure):
    """The runtime took longer than the deadline for connecting, for the first chunk, or between two chunks."""

    code = "GW-E302"
    default_hint = "a long prompt may need a longer first-chunk timeout: --timeout SECONDS"
    http_status = 504
    retryable = True


class RuntimeRejected(RuntimeFailure):
    """The runtime answered with an error, at once or in the middle of a stream.

    Args:
        message: what it answered, as one sentence.
        status: HTTP status, or the status named inside the error object.
        body: the first part of the answer's body, untouched.
    """

    code = "GW-E303"

    def __init__(self, message: str, *, status: int, body: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.body = body
        self.http_status = status if 400 <= status < 600 else 502
        self.retryable = status == 429 or status >= 500


class RuntimeGarbled(RuntimeFailure):
    """The runtime's answer breaks its own protocol: half a frame, broken JSON, a stream that was cut."""

    code = "GW-E304"
    default_hint = "a proxy in between, or a server that crashed: its own log says which"
    retryable = True


class ModelMissing(RuntimeFailure):
    """The runtime has no model of that name.

    Args:
        message: which name was asked for.
        suggestions: names that the runtime does have, nearest first.
    """

    code = "GW-E305"
    http_status = 404

    def __init__(self, message: str, *, suggestions: tuple[str, ...] = (), hint: str = "") -> None:
        found = f"did you mean {suggestions[0]}? it has: {', '.join(suggestions)}" if suggestions else ""
        super().__init__(message, hint=hint or found)
        self.suggestions = suggestions


class ContextOverflow(RuntimeFailure):
    """The prompt and the answer do not fit into the loaded context.

    Args:
        message: what did not fit.
        needed: tokens needed, where known.
        limit: tokens the runtime has loaded, where known.
    """

    code = "GW-E306"
    http_status = 400
    default_hint = "shorten the conversation, or load the model with a larger context"

    def __init__(self, message: str, *, needed: int | None = None, limit: int | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.needed = needed
        self.limit = limit


class MemoryExhausted(RuntimeFailure):
    """The runtime ran out of memory."""

    code = "GW-E307"
    http_status = 507
    default_hint = "a smaller context, a smaller quant, or fewer parallel slots"


class OutputProblem(GemwrightError):
    """Transport was fine; what the model wrote was not."""

    code = "GW-E400"
    exit_code = 4
    http_status = 422


class CallUnparsable(OutputProblem):
    """A tool call that no rule, strict or tolerant, can read."""

    code = "GW-E401"
    retryable = True
    default_hint = "`gemwright wire explain` shows what the model wrote, mark by mark"


class CallTruncated(OutputProblem):
    """The output ended, or outgrew its cap, inside a tool call; nothing was run."""

    code = "GW-E402"
    retryable = True
    default_hint = "raise --max-tokens (thinking counts against it), or ask for smaller arguments"


class ThinkingUnclosed(OutputProblem):
    """The output ended while the model was still thinking, so there is no answer."""

    code = "GW-E403"
    retryable = True
    default_hint = "raise --max-tokens: thinking counts against it; or turn thinking off"


class AnswerEmpty(OutputProblem):
    """The model, or the runtime's own parser, left nothing: no text and no call."""

    code = "GW-E404"
    retryable = True
    default_hint = "ask again; in the chat lane a runtime can lose what it cannot parse: the raw lane does not"


class SchemaMismatch(OutputProblem):
    """The answer does not fit the schema that was asked for, and asking again did not help.

    Args:
        message: what does not fit.
        path: where in the answer, as in `days[2].high`; empty for the whole.
        answer: the last answer's text, as far as it is worth showing.
    """

    code = "GW-E405"
    retryable = True
    default_hint = "loosen the schema, describe its fields, or use a runtime that takes a grammar"

    def __init__(self, message: str, *, path: str = "", answer: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.path = path
        self.answer = answer


class LimitReached(GemwrightError):
    """A limit of steps, tokens, time or size that the caller set."""

    code = "GW-E500"
    exit_code = 5
    http_status = 429


class CorpusProblem(GemwrightError):
    """A record of the corpus that breaks its schema."""

    code = "GW-E100"
    exit_code = 1
