"""What do the years show?

Design-based estimates with intervals; the figures of small groups are withheld.
"""

from assessor_kit.trends.estimates import Estimate, stratified_mean, stratified_proportion
from assessor_kit.trends.yearly import MEAN_HOURS, SMALLEST_GROUP, counted_themes, yearly_estimates

__all__ = [
    "MEAN_HOURS",
    "SMALLEST_GROUP",
    "Estimate",
    "counted_themes",
    "stratified_mean",
    "stratified_proportion",
    "yearly_estimates",
]
