"""Floor 3: the one way to talk to Gemma 4.

Knows: how a conversation becomes a request in the lane that suits the runtime, and an answer becomes events.
Never knows: when to call the model again (`agent`), or how a runtime is started (`launch`).
"""

from gemwright.client.async_client import AsyncClient
from gemwright.client.problems import problem_of
from gemwright.client.stream import Stream
from gemwright.client.structured import Structured
from gemwright.client.sync_client import Client, SyncStream

__all__ = ["AsyncClient", "Client", "Stream", "Structured", "SyncStream", "problem_of"]
