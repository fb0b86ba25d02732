"""The app's JavaScript in one piece."""

import re

from initopt_core.figures.modules import modules


def test_a_module_comes_after_all_that_it_imports():
    found = dict(modules("live_chart/live_chart.js", "vendor/three/OrbitControls.js"))
    seen = set()
    for path, text in found.items():
        assert set(re.findall(r'"@@(.+?)@@"', text)) <= seen, path
        assert not re.search(r"""\bfrom\s*["']\.""", text)
        seen.add(path)
    assert list(found)[-1] == "vendor/three/OrbitControls.js" and "shared/type.js" in found
