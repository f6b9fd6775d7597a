"""Answers as JSON."""

from typing import Any

from metrics.definitions import Metric, Shape
from metrics.points import Point
from metrics.queries import Answer, Level


def describe(metric: Metric) -> dict[str, Any]:
    return {
        "metric": metric.key,
        "title": str(metric.title),
        "definition": str(metric.definition),
        "formula": str(metric.formula),
        "unit": metric.unit,
        "direction": metric.direction,
        "minimum_n": metric.minimum_n,
        "matures": metric.matures,
    }


def as_json(answer: Answer, asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "metric": answer.metric.key,
        "definition": str(answer.metric.definition),
        "unit": answer.metric.unit,
        "level": answer.scope.level,
        "person": asked.get("person", "").strip().lower() or None,
        "scope": ("tree" if answer.scope.tree else "team") if answer.scope.level == Level.MANAGER else None,
        "from": answer.start,
        "to": answer.end,
        "grain": answer.grain,
        "time_zone": answer.time_zone,
        "as_of": answer.as_of,
        "complete_through": answer.complete_through,
        "points": [_point(answer.metric, point) for point in answer.points],
    }


def _point(metric: Metric, point: Point) -> dict[str, Any]:
    found: dict[str, Any] = {
        "start": point.start,
        "n": point.n,
        "numerator": point.numerator,
        "denominator": point.denominator,
        "value": point.value,
        "low": point.low,
        "high": point.high,
    }
    if metric.shape == Shape.DURATION:
        found |= {"median": point.median, "p90": point.p90}
        if point.approximate:
            found["approximate"] = True
    return found
