"""How many requests a key may make: a bucket of tokens for each, refilled all the time."""

import time
from threading import Lock


class Throttle:
    """Lets `per_minute` requests of each key through, `burst` of them at once.

    Counted in the memory of one server process: with several of them, each lets as many through.
    """

    def __init__(self, per_minute, burst, clock=time.monotonic):
        self.rate, self.burst, self.clock = per_minute / 60, burst, clock
        self.buckets = {}
        self.lock = Lock()

    def wait(self, key):
        """Take a token of `key`: 0, or the seconds until there will be one."""
        now = self.clock()
        with self.lock:
            tokens, since = self.buckets.get(key, (self.burst, now))
            tokens = min(self.burst, tokens + (now - since) * self.rate)
            if tokens < 1:
                return (1 - tokens) / self.rate
            self.buckets[key] = (tokens - 1, now)
        return 0
