"""Build with Gemma 4 on your own machine, and get the same behaviour from every runtime.

Knows: which names are public, and the rooms they live in; a room is imported when one of its names is first asked for.
Never knows: how anything is done. `import gemwright` alone loads no other module.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what type checkers take for true; the `typing` module itself would cost an import
if TYPE_CHECKING:
    from gemwright import messages, wire
    from gemwright.client import AsyncClient, Client, Stream, Structured, SyncStream, problem_of
    from gemwright.foundation.errors import (
        AnswerEmpty,
        BadJSON,
        BadMessages,
        BadModelFile,
        BadOption,
        BadToolSchema,
        CallTruncated,
        CallUnparsable,
        ConfigProblem,
        ContextOverflow,
        CorpusProblem,
        GemwrightError,
        LimitReached,
        MemoryExhausted,
        ModelMissing,
        OutputProblem,
        RuntimeFailure,
        RuntimeGarbled,
        RuntimeRejected,
        RuntimeTimeout,
        RuntimeUnreachable,
        SchemaMismatch,
        ThinkingUnclosed,
        Unsupported,
        UsageProblem,
    )
    from gemwright.messages import (
        Audio,
        Event,
        FinishReason,
        Folder,
        GenerationOptions,
        Image,
        IncompleteCall,
        Malformed,
        Media,
        Message,
        Part,
        Repair,
        RepairApplied,
        Role,
        Text,
        TextDelta,
        Thinking,
        ThinkingDelta,
        ThinkingEnded,
        ToolCall,
        ToolCallDelta,
        ToolCallEnded,
        ToolCallStarted,
        ToolChoice,
        ToolResult,
        ToolSpec,
        Turn,
        TurnEnded,
        TurnStarted,
        Usage,
        UsageReported,
        Video,
        assistant,
        fold,
        system,
        tool_result,
        user,
    )

__all__ = [
    "AnswerEmpty",
    "AsyncClient",
    "Audio",
    "BadJSON",
    "BadMessages",
    "BadModelFile",
    "BadOption",
    "BadToolSchema",
    "CallTruncated",
    "CallUnparsable",
    "Client",
    "ConfigProblem",
    "ContextOverflow",
    "CorpusProblem",
    "Event",
    "FinishReason",
    "Folder",
    "GemwrightError",
    "GenerationOptions",
    "Image",
    "IncompleteCall",
    "LimitReached",
    "Malformed",
    "Media",
    "MemoryExhausted",
    "Message",
    "ModelMissing",
    "OutputProblem",
    "Part",
    "Repair",
    "RepairApplied",
    "Role",
    "RuntimeFailure",
    "RuntimeGarbled",
    "RuntimeRejected",
    "RuntimeTimeout",
    "RuntimeUnreachable",
    "SchemaMismatch",
    "Stream",
    "Structured",
    "SyncStream",
    "Text",
    "TextDelta",
    "Thinking",
    "ThinkingDelta",
    "ThinkingEnded",
    "ThinkingUnclosed",
    "ToolCall",
    "ToolCallDelta",
    "ToolCallEnded",
    "ToolCallStarted",
    "ToolChoice",
    "ToolResult",
    "ToolSpec",
    "Turn",
    "TurnEnded",
    "TurnStarted",
    "Unsupported",
    "Usage",
    "UsageProblem",
    "UsageReported",
    "Video",
    "assistant",
    "fold",
    "messages",
    "problem_of",
    "system",
    "tool_result",
    "user",
    "wire",
]

__version__ = "0.1.0"

_MODULES = ("messages", "wire")
_HOMES = ("gemwright.foundation.errors", "gemwright.messages", "gemwright.client")

if not TYPE_CHECKING:  # a type checker that saw this function would take every misspelt name for a good one

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module 'gemwright' has no attribute {name!r}")
        from importlib import import_module

        if name in _MODULES:
            return import_module(f"gemwright.{name}")
        value = next(vars(home)[name] for home in map(import_module, _HOMES) if name in vars(home))
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
