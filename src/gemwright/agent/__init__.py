"""Floor 4: calls the model again until the question is answered, and runs the tools that it asks for.

Knows: tools, limits, approval, what has happened so far (the transcript) and what of it still fits into the context.
Never knows: how a request or an answer is written (`client` and below), or how anything is shown.
"""

from gemwright.agent.blocking import Agent
from gemwright.agent.limits import Limits
from gemwright.agent.lint import Finding, findings
from gemwright.agent.loop import AsyncAgent
from gemwright.agent.mcp_tools import MCPServer
from gemwright.agent.prompt import system_prompt
from gemwright.agent.signals import (
    AgentEvent,
    CallFinished,
    CallStarted,
    Compacted,
    Finished,
    LimitHit,
    Nudged,
    Paused,
    Reply,
    Result,
    Retry,
    StepStarted,
)
from gemwright.agent.tool import Tool, tool
from gemwright.agent.toolbox import Toolbox
from gemwright.agent.transcript import Transcript

__all__ = [
    "Agent",
    "AgentEvent",
    "AsyncAgent",
    "CallFinished",
    "CallStarted",
    "Compacted",
    "Finding",
    "Finished",
    "LimitHit",
    "Limits",
    "MCPServer",
    "Nudged",
    "Paused",
    "Reply",
    "Result",
    "Retry",
    "StepStarted",
    "Tool",
    "Toolbox",
    "Transcript",
    "findings",
    "system_prompt",
    "tool",
]
