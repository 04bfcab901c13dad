import json
import subprocess
import sys

LOADED = """
import gc, json, sys
import config.wsgi
left_alone, young = gc.get_freeze_count(), len(gc.get_objects())
print(json.dumps([left_alone, young, "members.views.bulk" in sys.modules]))
"""


def test_a_server_does_not_look_through_its_code_for_garbage():
    said = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, check=True)
    left_alone, young, has_views = json.loads(said.stdout)
    assert has_views
    assert left_alone > 100_000 > 1_000 > young
