"""Statistics: a survey or a data frame in, a data frame or a dataclass out."""
