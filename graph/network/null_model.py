"""What chance alone would tie: actors and events joined at random, each with as many as it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import linalg
from scipy.special import expit

from graph.network.projection import Floats, Ints

LEAST: Final = 1e-12
"""Smaller probabilities are not told apart: the limit of a Fourier transform in double precision."""

_STEPS: Final = 100
_EXACT: Final = 1e-8
"""Difference between an expected and a true number of events or members at which the fit stops."""

_BATCH: Final = 1_000_000
"""Numbers held at once."""


@dataclass(frozen=True, eq=False)
class Chance:
    """Who takes part in what by chance, actors of as many events being alike, and events of as many members.

    Attributes:
        actor: class of each actor.
        many: events in each class of events.
        probability: classes of actors by classes of events: that one of the first takes part in one of the second.
        spread: sum over all actors of p(1 - p), by class of events; 0 where chance has no choice.
    """

    actor: Ints
    many: Ints
    probability: Floats
    spread: Floats


@dataclass(frozen=True, eq=False)
class Joint:
    """What chance gives two actors of joint events, one entry a pair.

    Attributes:
        mean: expected number.
        sd: its standard deviation, 0 where chance has no choice.
        low, high: whole numbers between which it lies in 95 of 100 cases at least.
        tail: probability of as many as there are or more, never below `LEAST`.
    """

    mean: Floats
    sd: Floats
    low: Ints
    high: Ints
    tail: Floats


def chance(taken: Ints, members: Ints) -> Chance:
    """Return the bipartite configuration model, the most random of all networks with these numbers.

    An actor takes part in an event with probability xy/(1 + xy), x being its own and y the event's, independently of
    all else, such that each is expected to have as many as it has (Saracco, Di Clemente, Gabrielli & Squartini 2015,
    Sci. Rep. 5, 10595). Who took part in everything does so in every such network.

    Args:
        taken: number of events of each actor.
        members: number of actors of each event; sums to the same.
    """
    rows, actor, row_many = np.unique(taken, return_inverse=True, return_counts=True)
    columns, many = np.unique(members, return_counts=True)
    probability = np.zeros((len(rows), len(columns)))
    row_left, column_left = rows.astype(float), columns.astype(float)
    row_open, column_open = np.ones(len(rows), dtype=bool), np.ones(len(columns), dtype=bool)
    while True:
        # Who has all or none of what is open is settled, and is no part of what chance may still choose.
        full = row_open & (row_left == many[column_open].sum())
        settled = full | (row_open & (row_left == 0))
        probability[np.ix_(full, column_open)] = 1
        column_left[column_open] -= row_many[full].sum()
        row_open &= ~settled
        whole = column_open & (column_left == row_many[row_open].sum())
        probability[np.ix_(row_open, whole)] = 1
        row_left[row_open] -= many[whole].sum()
        closed = whole | (column_open & (column_left == 0))
        column_open &= ~closed
        if not settled.any() and not closed.any():
            break
    if row_open.any():
        fitted = _fit(row_left[row_open], row_many[row_open], column_left[column_open], many[column_open])
        probability[np.ix_(row_open, column_open)] = fitted
    return Chance(actor.ravel(), many, probability, row_many @ (probability * (1 - probability)))


def joint(by_chance: Chance, a: Ints, b: Ints, events: Ints) -> Joint:
    """Return what chance gives pairs of actors of joint events: a sum of independent trials, one an event.

    Each event draws just as many members as it has, so that two meet in it less often than p·p': by the factor
    1 - (1 - p)(1 - p')/sum p(1 - p) (Hájek 1964, Ann. Math. Stat. 35, 1491), about 1 - 1/d. Left out, a consortium of
    two would seem to tie twice as many as it can.

    Args:
        by_chance: who takes part in what.
        a: one end of each pair, by number of actor.
        b: the other.
        events: joint events there are.
    """
    ends = np.sort(np.column_stack([by_chance.actor[a], by_chance.actor[b]]), axis=1)
    kinds, kind = np.unique(ends, axis=0, return_inverse=True)
    kind = kind.ravel()
    one, other = (by_chance.probability[kinds[:, end]] for end in (0, 1))
    crowding = (1 - one) * (1 - other) / np.where(by_chance.spread > 0, by_chance.spread, 1)
    both = one * other * np.clip(1 - crowding, 0, 1)
    mean = both @ by_chance.many
    variance = (both * (1 - both)) @ by_chance.many
    sd = np.sqrt(np.where(variance > _EXACT, variance, 0))
    most = np.zeros(len(kinds), dtype=np.int64)
    np.maximum.at(most, kind, events)
    # Long enough for what there is and for all that chance gives but once in 10^30.
    length = 2 ** np.ceil(np.log2(np.maximum(most + 1, mean + 12 * sd + 30))).astype(np.int64)
    low, high = np.zeros(len(kinds), dtype=np.int64), np.zeros(len(kinds), dtype=np.int64)
    tail = np.ones(len(events))
    for size in np.unique(length):
        step = max(1, _BATCH // (int(size) * len(by_chance.many)))
        same = np.flatnonzero(length == size)
        for start in range(0, len(same), step):
            part = same[start : start + step]
            mass = _mass(both[part], by_chance.many, int(size))
            below = np.cumsum(mass, axis=1)
            low[part] = (below >= 0.025).argmax(axis=1)
            high[part] = (below >= 0.975).argmax(axis=1)
            beyond = np.cumsum(mass[:, ::-1], axis=1)[:, ::-1]
            mine = np.flatnonzero((kind >= part[0]) & (kind <= part[-1]) & (length[kind] == size))
            tail[mine] = beyond[np.searchsorted(part, kind[mine]), events[mine]]
    return Joint(mean[kind], sd[kind], low[kind], high[kind], np.clip(tail, LEAST, 1))


def false_discoveries(tail: Floats, tests: int) -> Floats:
    """Return the share of false ones to expect among all of such a tail or a smaller one.

    The step-up of Benjamini & Hochberg (1995, JRSS B 57, 289) as adjusted probabilities.

    Args:
        tail: probability of each by chance.
        tests: number of tests made, with those not listed, whose probability is 1.
    """
    order = np.argsort(tail, kind="stable")
    adjusted = tail[order] * tests / np.arange(1, len(tail) + 1)
    found = np.empty(len(tail))
    found[order] = np.minimum(np.minimum.accumulate(adjusted[::-1])[::-1], 1)
    return found


def _mass(each: Floats, many: Ints, size: int) -> Floats:
    """Return the distribution of sums of independent trials, by discrete Fourier transform (Hong 2013, CSDA 59, 41).

    Args:
        each: sums by classes of trials, probability of one trial.
        many: trials in each class.
        size: length of the distribution.
    """
    angle = 2 * np.pi * np.arange(size // 2 + 1) / size
    q, cosine, sine = each[:, None, :], np.cos(angle)[None, :, None], np.sin(angle)[None, :, None]
    with np.errstate(divide="ignore"):
        # Modulus and argument apart: where a factor is 0 its logarithm as one complex number is no number.
        modulus: Floats = np.log1p(np.maximum(-2 * q * (1 - q) * (1 - cosine), -1)) / 2 @ many
    argument = np.arctan2(-q * sine, 1 - q + q * cosine) @ many
    found: Floats = np.fft.irfft(np.exp(modulus + 1j * argument), size, axis=1)
    return found.clip(0)


def _fit(rows: Floats, row_many: Ints, columns: Floats, column_many: Ints) -> Floats:
    """Return probabilities expit(a + b) by class that give each row and column its sum: Newton's method, convex."""
    n, total = len(rows), float(rows @ row_many)
    place = np.concatenate([np.log(rows / np.sqrt(total)), np.log(columns / np.sqrt(total))])
    gauge = np.concatenate([np.ones(n), -np.ones(len(columns))])
    each = np.outer(row_many, column_many)

    def likelihood(at: Floats) -> float:
        sums = at[:n, None] + at[None, n:]
        given = (row_many * rows) @ at[:n] + (column_many * columns) @ at[n:]
        return float(given - (each * np.logaddexp(0, sums)).sum())

    for _ in range(_STEPS):
        probability = expit(place[:n, None] + place[None, n:])
        short = np.concatenate([rows - probability @ column_many, columns - row_many @ probability])
        if np.abs(short).max() < _EXACT:
            break
        spread = each * probability * (1 - probability)
        curve = np.block([[np.diag(spread.sum(axis=1)), spread], [spread.T, np.diag(spread.sum(axis=0))]])
        # One number may be added to all rows and taken from all columns: the curve is flat that way.
        scale = np.diag(curve).mean()
        curve += scale * (np.outer(gauge, gauge) / len(gauge) + 1e-10 * np.eye(len(gauge)))
        slope = short * np.concatenate([row_many, column_many])
        step = linalg.solve(curve, slope, assume_a="pos")
        before, size = likelihood(place), 1.0
        while likelihood(place + size * step) < before and size > 1e-6:
            size /= 2
        place = place + size * step
    fitted: Floats = expit(place[:n, None] + place[None, n:])
    return fitted
