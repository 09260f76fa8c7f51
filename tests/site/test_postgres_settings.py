"""What DATABASE_URL becomes: who does not answer is gone soon for both ends, and what the operator adds stays."""

from __future__ import annotations

import json

from tests.site import running

OPTIONS = "import json; from django.conf import settings; print(json.dumps(settings.DATABASES['default']['OPTIONS']))"


def options_of(data, url):
    return json.loads(running.run_python(OPTIONS, data, DATABASE_URL=url))


def test_a_machine_without_power_holds_no_row_for_hours(tmp_path):
    told = options_of(tmp_path, "postgresql://ferry@10.0.0.5/site")
    assert (told["keepalives_idle"], told["keepalives_interval"], told["keepalives_count"]) == ("10", "5", "3")
    assert told["options"] == "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"


def test_what_the_address_says_of_the_connection_stands(tmp_path):
    told = options_of(
        tmp_path, "postgresql://10.0.0.5/site?keepalives_idle=60&options=-c%20work_mem%3D8MB&sslmode=require"
    )
    assert told["keepalives_idle"] == "60"
    assert told["sslmode"] == "require"
    assert told["options"].endswith("-c tcp_keepalives_count=3 -c work_mem=8MB")
