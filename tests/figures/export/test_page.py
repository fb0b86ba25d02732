"""A chart as one HTML file."""

from initopt_core.figures import export, loss_surfaces
from initopt_core.figures.export import page
from initopt_core.loss_surfaces.flatness import TwoMinima


def test_a_page_is_one_file_without_addresses():
    figure = loss_surfaces.two_minima(TwoMinima(), 0.1)
    made = page.chart_page(figure, export.ExportOptions(title="</script><b>", theme="dark"))
    text = made.decode()
    assert len(made) < 1_500_000 and "default-src 'none'" in text
    assert "&lt;/script&gt;" in text and text.count("</script>") == 3
    assert "<link" not in text and " src=" not in text.split("<script>")[0]
    assert "export " not in text.split("function layout(")[1][:2000], "the page's own layout"
