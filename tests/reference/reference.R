# Every statistic that the notebooks show for osaka-2019, computed a second time: base R only, straight from
# questions.csv, options.csv and counts.csv (what was claimed and printed, from claims.csv and published.csv).
#
#   Rscript tests/reference/reference.R [output]
#
# writes reference.json beside this script, or `output`, in 17 significant digits. tests/stats/test_reference.py compares.

args <- commandArgs(trailingOnly = FALSE)
script <- normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE)[1]))
data <- file.path(dirname(script), "..", "..", "data", "osaka-2019")
output <- c(commandArgs(trailingOnly = TRUE), file.path(dirname(script), "reference.json"))[1]

alpha <- 0.05
level <- 1 - alpha
about <- readLines(file.path(data, "survey.toml"), encoding = "UTF-8")
respondents <- as.integer(sub("^respondents *= *", "", grep("^respondents *=", about, value = TRUE)))

# --- the survey -------------------------------------------------------------------------------------------------------

read <- function(name) {
  read.csv(file.path(data, name), colClasses = "character", na.strings = character(0), check.names = FALSE)
}

questions <- read("questions.csv")
rownames(questions) <- questions$question
questions$base <- as.integer(questions$base)
options_of <- read("options.csv")
options_of$order <- as.integer(options_of$order)
counts <- read("counts.csv")
counts$count <- as.integer(counts$count)
published <- read("published.csv")
claims <- read("claims.csv")

# The answers that a question offers (options without a count were not offered), in the order of its option set.
answers <- function(question) {
  offered <- options_of[options_of$options == questions[question, "options"], ]
  offered <- offered[order(offered$order), c("option", "role")]
  given <- counts[counts$question == question, ]
  offered <- offered[offered$option %in% given$option, ]
  offered$count <- given$count[match(offered$option, given$option)]
  rownames(offered) <- NULL
  offered
}

count <- function(question, option) {
  found <- counts$count[counts$question == question & counts$option == option]
  stopifnot(length(found) == 1)
  found
}

single <- function(question) questions[question, "kind"] == "single"

# The firms to whom a question was put, whatever its percentages were printed on.
asked <- function(question) {
  route <- questions[question, "asked_if"]
  if (route == "") return(questions[question, "base"])
  parts <- strsplit(route, "=")[[1]]
  count(parts[1], parts[2])
}

options_with <- function(question, roles) {
  table <- answers(question)
  table$option[table$role %in% roles]
}

stated <- function(question) {
  table <- answers(question)
  table$option[table$role != "no_answer"]
}

known <- function(question) options_with(question, c("answer", "none", "other"))

# --- intervals --------------------------------------------------------------------------------------------------------

within_bounds <- function(limits) pmin(pmax(limits, 0), 1)

wilson <- function(x, n) as.numeric(suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int)

clopper_pearson <- function(x, n) as.numeric(binom.test(x, n, conf.level = level)$conf.int)

agresti_coull <- function(x, n) {
  z <- qnorm(1 - alpha / 2)
  wider <- n + z^2
  centre <- (x + z^2 / 2) / wider
  within_bounds(centre + c(-1, 1) * z * sqrt(centre * (1 - centre) / wider))
}

jeffreys <- function(x, n) qbeta(c(alpha / 2, 1 - alpha / 2), x + 0.5, n - x + 0.5)

wald <- function(x, n) within_bounds(x / n + c(-1, 1) * qnorm(1 - alpha / 2) * sqrt(x / n * (1 - x / n) / n))

# Goodman (1965), formula 2.5, for all k answers together.
goodman <- function(x, n, k) {
  a <- qchisq(1 - alpha / k, 1)
  (a + 2 * x + c(-1, 1) * sqrt(a * (a + 4 * x * (n - x) / n))) / (2 * (n + a))
}

# The standards of the National Center for Health Statistics, and two marks of our own.
flag <- function(x, n) {
  width <- diff(clopper_pearson(x, n))
  middling <- width > 0.05 && width < 0.30
  broken <- c(
    few = n < 30,
    wide = width >= 0.30,
    relative = middling && x > 0 && width > 1.3 * x / n,
    complement = middling && x < n && width > 1.3 * (n - x) / n,
    review = x == 0 || x == n,
    small = x >= 1 && x <= 4
  )
  paste(names(broken)[broken], collapse = "|")
}

share <- function(question, option, on, x, n, k = NA) {
  list(
    question = question, option = option, on = on, count = x, base = n, share = x / n, flag = flag(x, n),
    wilson = wilson(x, n), agresti_coull = agresti_coull(x, n), clopper_pearson = clopper_pearson(x, n),
    jeffreys = jeffreys(x, n), wald = wald(x, n), goodman = if (is.na(k)) NA else goodman(x, n, k)
  )
}

# All answers to a question among `options`, on the base that `on` names.
shares_of <- function(question, on, base, options = answers(question)$option, simultaneous = FALSE) {
  k <- if (simultaneous) length(options) else NA
  lapply(options, function(option) share(question, option, on, count(question, option), base, k))
}

shares <- list()
for (q in questions$question) {
  printed <- questions[q, "base"]
  shares <- c(shares, shares_of(q, "printed", printed, simultaneous = single(q)))
  if (asked(q) != printed) shares <- c(shares, shares_of(q, "firms", asked(q)))
  if (questions[q, "asked_if"] == "" && printed != respondents) shares <- c(shares, shares_of(q, "all", respondents))
  if (single(q) && "no_answer" %in% answers(q)$role) {
    given <- stated(q)
    shares <- c(shares, shares_of(q, "answered", sum(sapply(given, count, question = q)), given, TRUE))
  }
}

# End of support: those that know, as a distribution of their own and as a share of all.
knowing <- setdiff(stated("q3"), "not_known")
know <- sum(sapply(knowing, count, question = "q3"))
shares <- c(shares, shares_of("q3", "knowing", know, knowing, TRUE))
shares <- c(shares, list(share("q3", "knowing", "all", know, respondents)))

# Attacks on partners: firms reached, and firms harmed according to the publisher's note.
harmed <- as.integer(claims$value[claims$kind == "any_count" & claims$relation == "equals"])
shares <- c(shares, list(share("q7_content", "reached", "all", asked("q7_content"), respondents)))
shares <- c(shares, list(share("q7_content", "harmed", "all", harmed, respondents)))

# "Hardly aware" among all answers about suppliers and customers.
pooled <- count("q2_suppliers", "unaware") + count("q2_customers", "unaware")
shares <- c(shares, list(share("q2_suppliers|q2_customers", "unaware", "answers", pooled, 2 * respondents)))

# --- tests of two questions, as if different firms had answered -------------------------------------------------------

quietly <- function(test) suppressWarnings(test)

counted <- function(question, options) sapply(options, count, question = question)

distributions <- function(first, second, options) unname(rbind(counted(first, options), counted(second, options)))

# One answer against the others: of `among`, or of the firms asked where several answers are allowed.
yes_no <- function(question, option, among) {
  yes <- count(question, option)
  base <- if (single(question)) sum(counted(question, among)) else asked(question)
  c(yes, base - yes)
}

row_of <- function(notebook, first, second, options, test, statistic = NA, df = NA, p, effect = NA, n,
                   min_expected = NA, feasible = NA, verdict = NA) {
  list(
    notebook = notebook, first = first, second = second, options = paste(options, collapse = "|"), test = test,
    statistic = statistic, df = df, p = p, p_adjusted = NA, effect = effect, n = n, min_expected = min_expected,
    feasible = feasible, verdict = verdict
  )
}

pearson_p <- function(observed, yates = FALSE) {
  if (any(colSums(observed) == 0)) return(1)
  quietly(chisq.test(observed, correct = yates))$p.value
}

pearson <- function(notebook, first, second, options, observed) {
  if (any(colSums(observed) == 0)) stop("an empty column")
  found <- quietly(chisq.test(observed, correct = FALSE))
  x2 <- as.numeric(found$statistic)
  v <- sqrt(x2 / (sum(observed) * (min(dim(observed)) - 1)))
  row_of(notebook, first, second, options, "pearson",
    statistic = x2, df = as.numeric(found$parameter), p = found$p.value, effect = v, n = sum(observed),
    min_expected = min(found$expected)
  )
}

fisher <- function(notebook, first, second, options, observed) {
  odds <- observed[1, 1] * observed[2, 2] / (observed[1, 2] * observed[2, 1])
  row_of(notebook, first, second, options, "fisher",
    p = fisher.test(observed)$p.value, effect = odds, n = sum(observed)
  )
}

mann_whitney <- function(notebook, first, second, options) {
  ranks <- lapply(c(first, second), function(q) rep(seq_along(options), counted(q, options)))
  found <- wilcox.test(ranks[[2]], ranks[[1]], exact = FALSE, correct = FALSE)
  u <- as.numeric(found$statistic)
  row_of(notebook, first, second, options, "mann_whitney",
    statistic = u, p = found$p.value, effect = u / prod(lengths(ranks)), n = sum(lengths(ranks))
  )
}

# Newcombe (1998), method 10, from two Wilson intervals.
newcombe <- function(x1, n1, x2, n2) {
  p1 <- x1 / n1
  p2 <- x2 / n2
  ci1 <- wilson(x1, n1)
  ci2 <- wilson(x2, n2)
  c(p1 - p2 - sqrt((p1 - ci1[1])^2 + (ci2[2] - p2)^2), p1 - p2 + sqrt((ci1[2] - p1)^2 + (p2 - ci2[1])^2))
}

# --- tests of two questions that the same firms answered --------------------------------------------------------------

# (yes, no, missing) of all respondents: with several answers allowed nobody is missing; otherwise those who gave none
# of the answers `among`.
margins <- function(question, option, among) {
  yes <- count(question, option)
  if (!single(question)) return(c(yes, respondents - yes, 0))
  said <- sum(counted(question, among))
  c(yes, said - yes, respondents - said)
}

# Every 3 x 3 table of whole numbers with these row and column totals, by its four free cells.
joint_tables <- function(first, second) {
  grid <- expand.grid(
    both = 0:min(first[1], second[1]), yes_missing = 0:min(first[1], second[3]),
    missing_yes = 0:min(first[3], second[1]), neither = 0:min(first[3], second[3])
  )
  grid$b <- first[1] - grid$both - grid$yes_missing
  grid$c <- second[1] - grid$both - grid$missing_yes
  no_missing <- second[3] - grid$neither - grid$yes_missing
  missing_no <- first[3] - grid$neither - grid$missing_yes
  no_no <- first[2] - grid$c - no_missing
  possible <- grid$b >= 0 & grid$c >= 0 & no_missing >= 0 & missing_no >= 0 & no_no >= 0
  stopifnot(all((no_no == second[2] - grid$b - missing_no)[possible]))
  grid[possible, ]
}

mcnemar <- list(
  exact = function(b, c) if (b + c == 0) 1 else binom.test(b, b + c)$p.value,
  `mid-p` = function(b, c) {
    n <- b + c
    if (n == 0) return(1)
    k <- min(b, c)
    if (b == c) 1 - dbinom(k, n, 0.5) / 2 else 2 * pbinom(k, n, 0.5) - dbinom(k, n, 0.5)
  },
  asymptotic = function(b, c) {
    if (b + c == 0) 1 else mcnemar.test(matrix(c(0, c, b, 0), 2), correct = FALSE)$p.value
  }
)

points_as_text <- function(points) paste(paste(points$b, points$c, sep = ","), collapse = ";")

# p over all tables: its ends and every (b, c) that reaches them, how many (b, c) there are, how many with p < alpha.
paired_range <- function(tables, method) {
  points <- unique(tables[c("b", "c")])
  points <- points[order(points$b, points$c), ]
  p <- mapply(mcnemar[[method]], points$b, points$c)
  same <- function(value) abs(p - value) <= 1e-12 * value
  significant <- sum(p < alpha)
  list(
    p_min = min(p), p_max = max(p), at_min = points_as_text(points[same(min(p)), ]),
    at_max = points_as_text(points[same(max(p)), ]), feasible = nrow(points), significant = significant,
    verdict = if (significant == 0) "never" else if (significant == nrow(points)) "always" else "undetermined"
  )
}

# On the published difference: the largest number who answered differently that leaves it significant.
tipping <- function(first, second, tables, method) {
  points <- unique(tables[c("b", "c")])
  apart <- points$b - points$c
  wanted <- min(max(first[1] - second[1], min(apart)), max(apart))
  points <- points[apart == wanted & (wanted != 0 | points$b > 0), ]
  points <- points[order(points$b + points$c), ]
  p <- mapply(mcnemar[[method]], points$b, points$c)
  below <- p < alpha
  if (all(below)) return(list(verdict = "always", discordant = NA, phi = NA, p = NA, p_next = NA))
  if (!any(below)) return(list(verdict = "never", discordant = NA, phi = NA, p = NA, p_next = NA))
  last <- max(which(below))
  b <- points$b[last]
  c <- points$c[last]
  square <- matrix(c(first[1] - b, c, b, min(first[2] - c, second[2] - b)), 2)
  x2 <- as.numeric(quietly(chisq.test(square, correct = FALSE))$statistic)
  phi <- sign(det(square)) * sqrt(x2 / sum(square))
  list(verdict = "undetermined", discordant = b + c, phi = phi, p = p[last], p_next = p[last + 1])
}

# --- the comparisons of the notebooks ---------------------------------------------------------------------------------

tests <- list()
comparisons <- list()
ranges <- list()
in_tests <- integer() # where in `tests` the leading row of each comparison stands: Pearson's, where it is thin Fisher's
alike_in_tests <- integer() # where its equivalence test stands, or NA
margin <- 0.10

# Two one-sided tests, with the largest variance of a paired difference that any table allows; not with missing answers.
equivalence <- function(notebook, first, second, option, read, tables) {
  if (read[[1]][3] > 0 || read[[2]][3] > 0) return(list())
  d <- (read[[1]][1] - read[[2]][1]) / respondents
  error <- sqrt((max(tables$b + tables$c) / respondents - d^2) / respondents)
  p <- pnorm((margin - abs(d)) / error, lower.tail = FALSE)
  list(row_of(notebook, first, second, option, "equivalence", p = p, effect = margin, n = NA))
}

compare <- function(notebook, first, second, option, among = stated(first)) {
  cells <- rbind(yes_no(first, option, among), yes_no(second, option, among))
  two <- single(first) && length(among) == 2
  shown <- if (two) among else option
  rows <- list(pearson(notebook, first, second, shown, cells))
  main <- rows[[1]]
  if (main$min_expected < 5) rows <- c(rows, list(fisher(notebook, first, second, shown, cells)))

  read <- list(margins(first, option, among), margins(second, option, among))
  tables <- joint_tables(read[[1]], read[[2]])
  kept <- list(free = tables, shared = tables[tables$neither == min(read[[1]][3], read[[2]][3]), ])
  for (missing in names(kept)) for (method in names(mcnemar)) {
    about <- list(first = first, second = second, option = option, method = method, missing = missing)
    ranges[[length(ranges) + 1]] <<- c(about, paired_range(kept[[missing]], method))
  }
  exact <- paired_range(tables, "exact")
  for (end in c("min", "max")) {
    rows <- c(rows, list(row_of(notebook, first, second, option, paste0("mcnemar_", end),
      p = exact[[paste0("p_", end)]], n = respondents, feasible = exact$feasible, verdict = exact$verdict
    )))
  }
  lead <- if (main$min_expected < 5) rows[[2]] else main
  alike <- equivalence(notebook, first, second, option, read, tables)
  in_tests <<- c(in_tests, length(tests) + if (main$min_expected < 5) 2 else 1)
  alike_in_tests <<- c(alike_in_tests, if (length(alike)) length(tests) + length(rows) + 1 else NA)
  tests <<- c(tests, rows, alike)

  x <- cells[, 1]
  n <- rowSums(cells)
  harmonic <- 2 / (1 / n[1] + 1 / n[2])
  found <- newcombe(x[1], n[1], x[2], n[2])
  apart <- tables$b - tables$c
  expected <- c(read[[1]][1] * read[[2]][2], read[[1]][2] * read[[2]][1]) / respondents
  nearest <- min(max(read[[1]][1] - read[[2]][1], min(apart)), max(apart))
  comparisons[[length(comparisons) + 1]] <<- list(
    notebook = notebook, first = first, second = second, option = option, counted = c(x[1], n[1], x[2], n[2]),
    share_first = x[1] / n[1], share_second = x[2] / n[2], difference = x[1] / n[1] - x[2] / n[2], low = found[1],
    high = found[2], p = lead$p, p_adjusted = NA, p_min = exact$p_min, p_max = exact$p_max, p_low_adjusted = NA,
    p_high_adjusted = NA, verdict_adjusted = NA,
    verdict = exact$verdict, margins = unlist(read), base = harmonic,
    b_max = max(tables$b), c_max = max(tables$c), difference_min = min(apart), difference_max = max(apart),
    b_independent = expected[1], c_independent = expected[2], b_nested = max(nearest, 0), c_nested = max(-nearest, 0),
    feasible = exact$feasible, significant = exact$significant, both_low = min(tables$both),
    both_high = max(tables$both), either_low = read[[1]][1] + read[[2]][1] - max(tables$both),
    either_high = read[[1]][1] + read[[2]][1] - min(tables$both)
  )
}

sizes <- known("q1_suppliers")
everything <- answers("q1_suppliers")$option
chains <- c("q1_suppliers", "q1_customers")
for (options in list(sizes, stated("q1_suppliers"), everything)) {
  observed <- distributions(chains[1], chains[2], options)
  tests <- c(tests, list(pearson("02_supply_chain_size", chains[1], chains[2], options, observed)))
  if (identical(options, sizes)) {
    tests <- c(tests, list(mann_whitney("02_supply_chain_size", chains[1], chains[2], options)))
  }
}
compare("02_supply_chain_size", chains[1], chains[2], "over_1000", sizes)

groups <- list(c("q2_suppliers", "q2_customers"), c("q2_linked", "q2_unlinked"), c("q2_bespoke", "q2_generic"))
for (pair in groups) compare("03_awareness", pair[1], pair[2], "aware")

for (pair in list(c("q4", "q5"), c("q4", "q8"), c("q5", "q8"))) {
  for (option in intersect(answers(pair[1])$option, answers(pair[2])$option)) {
    compare("06_measures", pair[1], pair[2], option)
  }
}

# Holm (1979) within a notebook's comparisons: of the leading p, of both ends of the ranges, of the equivalence tests.
notebook_of <- sapply(comparisons, `[[`, "notebook")
within_notebooks <- function(p) ave(p, notebook_of, FUN = function(p) p.adjust(p, "holm"))
holm <- within_notebooks(sapply(comparisons, `[[`, "p"))
lowest <- within_notebooks(sapply(comparisons, `[[`, "p_min"))
highest <- within_notebooks(sapply(comparisons, `[[`, "p_max"))
alike <- within_notebooks(sapply(alike_in_tests, function(i) if (is.na(i)) NA else tests[[i]]$p))
for (i in seq_along(comparisons)) {
  comparisons[[i]]$p_adjusted <- holm[i]
  comparisons[[i]]$p_low_adjusted <- lowest[i]
  comparisons[[i]]$p_high_adjusted <- highest[i]
  verdicts <- c("always", "never", "undetermined")
  comparisons[[i]]$verdict_adjusted <- verdicts[c(highest[i] < alpha, lowest[i] >= alpha, TRUE)][1]
  tests[[in_tests[i]]]$p_adjusted <- holm[i]
  if (!is.na(alike_in_tests[i])) tests[[alike_in_tests[i]]]$p_adjusted <- alike[i]
}

tipping_points <- lapply(comparisons, function(c) {
  first <- c$margins[1:3]
  second <- c$margins[4:6]
  tables <- joint_tables(first, second)
  lapply(names(mcnemar), function(method) {
    about <- list(first = c$first, second = c$second, option = c$option, method = method)
    c(about, tipping(first, second, tables, method))
  })
})
tipping_points <- do.call(c, tipping_points)

# --- does the answer move? --------------------------------------------------------------------------------------------

choice <- function(first, second, option, name, p) {
  list(first = first, second = second, option = option, choice = name, p = p)
}

pair_choices <- function(first, second, option) {
  cells <- rbind(yes_no(first, option, stated(first)), yes_no(second, option, stated(second)))
  found <- list(choice(first, second, option, "pearson", pearson_p(cells)))
  if (single(first)) {
    kept <- distributions(first, second, answers(first)$option)
    yes <- cells[, 1]
    rest <- cbind(yes, respondents - yes)
    found <- c(found, list(
      choice(first, second, option, "no_answer_kept", pearson_p(kept)),
      choice(first, second, option, "no_answer_with_others", pearson_p(rest))
    ))
  }
  c(found, list(
    choice(first, second, option, "yates", pearson_p(cells, yates = TRUE)),
    choice(first, second, option, "fisher", fisher.test(cells)$p.value)
  ))
}

halves <- sapply(chains, function(q) {
  half <- length(sizes) %/% 2
  c(sum(counted(q, sizes[seq_len(half)])), sum(counted(q, sizes[-seq_len(half)])))
})
ordered <- mann_whitney("", chains[1], chains[2], sizes)$p
size_choices <- list(
  choice(chains[1], chains[2], "", "known", pearson_p(distributions(chains[1], chains[2], sizes))),
  choice(chains[1], chains[2], "", "halves", pearson_p(t(halves))),
  choice(chains[1], chains[2], "", "ordered", ordered),
  choice(chains[1], chains[2], "", "stated", pearson_p(distributions(chains[1], chains[2], stated(chains[1])))),
  choice(chains[1], chains[2], "", "everything", pearson_p(distributions(chains[1], chains[2], everything)))
)
choices <- size_choices
for (pair in groups) choices <- c(choices, pair_choices(pair[1], pair[2], "aware"))
for (pair in list(c("q4", "q5"), c("q4", "q8"), c("q5", "q8"))) {
  for (option in intersect(answers(pair[1])$option, answers(pair[2])$option)) {
    choices <- c(choices, pair_choices(pair[1], pair[2], option))
  }
}

# --- the audit --------------------------------------------------------------------------------------------------------

half_up <- function(x, n) (200 * x + n) %/% (2 * n)

term <- function(text) strsplit(text, "=")[[1]]

audit <- function(claim) {
  terms <- lapply(strsplit(claim$terms, "|", fixed = TRUE)[[1]], term)
  nothing <- list(claim = claim$claim, kind = claim$kind, value = NA, low = NA, high = NA, base = NA, asked = NA)
  if (claim$kind %in% c("outside", "frame", "open")) return(nothing)
  question <- terms[[1]][1]
  named <- lapply(terms[lengths(terms) == 2], function(t) count(t[1], t[2]))
  x <- unlist(named)
  value <- NA
  low <- NA
  high <- NA
  leads <- function(q, options) {
    table <- answers(q)
    inside <- table$option %in% options
    min(table$count[inside]) > max(table$count[!inside])
  }
  firms <- asked(question)
  base <- NA
  part <- NA
  if (claim$kind %in% c("percent", "only")) base <- questions[question, "base"]
  if (claim$kind %in% c("reach", "both", "any")) base <- respondents
  if (claim$kind == "percent") value <- 100 * sum(x) / base
  if (claim$kind == "count") value <- sum(x)
  if (claim$kind == "reach") value <- 100 * firms / respondents
  if (claim$kind == "reach_count") value <- firms
  if (claim$kind == "both") {
    read <- lapply(terms, function(t) margins(t[1], t[2], stated(t[1])))
    both <- joint_tables(read[[1]], read[[2]])$both
    low <- 100 * min(both) / respondents
    high <- 100 * max(both) / respondents
  }
  if (claim$kind %in% c("any", "any_count")) {
    unit <- if (claim$kind == "any") 100 / respondents else 1
    low <- max(x) * unit
    high <- min(sum(x), firms) * unit
  }
  if (claim$kind == "only") {
    table <- answers(question)
    others <- table$count[table$option != terms[[1]][2]]
    low <- 100 * max(0, x - sum(others)) / base
    high <- 100 * min(x, base - max(others)) / base
  }
  if (claim$kind == "part") {
    base <- sum(x[-1])
    part <- firms
    value <- 100 * x[1] / firms
    low <- 100 * x[1] / base
    high <- 100 * (x[1] + base - firms) / base
  }
  if (claim$kind == "less") {
    bases <- sapply(terms, function(t) questions[t[1], "base"])
    value <- 100 * (x[1] / bases[1] - x[2] / bases[2])
  }
  if (claim$kind == "same") {
    found <- comparisons[sapply(comparisons, function(c) c$first == terms[[1]][1] && c$second == terms[[2]][1])][[1]]
    value <- found$p
    low <- found$p_min
    high <- found$p_max
  }
  if (claim$kind == "largest") value <- sum(sapply(terms, function(t) leads(t[1], t[2])))
  found <- list(value = value, low = low, high = high, base = base, asked = part)
  modifyList(nothing, found)
}

audited <- lapply(seq_len(nrow(claims)), function(i) audit(as.list(claims[i, ])))

percentages <- lapply(seq_len(nrow(published)), function(i) {
  row <- as.list(published[i, ])
  x <- count(row$question, row$option)
  n <- as.integer(row$base)
  list(
    question = row$question, option = row$option, printed_in = row$printed_in, base = n, percent = as.numeric(row$percent),
    count = x, exact = 100 * x / n, rounded = half_up(x, n), gap = as.numeric(row$percent) - 100 * x / n
  )
})

sums <- list()
for (q in questions$question) {
  table <- answers(q)
  total <- sum(half_up(table$count, questions[q, "base"]))
  if (sum(table$count) == questions[q, "base"] && total != 100) {
    sums <- c(sums, list(list(question = q, unit = questions[q, "unit"], total = total)))
  }
}

# --- JSON -------------------------------------------------------------------------------------------------------------

quoted <- function(text) paste0("\"", gsub("([\"\\\\])", "\\\\\\1", text), "\"")

scalar <- function(value) {
  if (is.na(value)) "null"
  else if (is.character(value)) quoted(value)
  else if (is.infinite(value)) quoted(sprintf("%g", value))
  else sprintf("%.17g", value)
}

json <- function(value) {
  if (is.list(value)) {
    fields <- paste0(quoted(names(value)), ": ", vapply(value, json, ""))
    return(paste0("{", paste(fields, collapse = ", "), "}"))
  }
  cells <- vapply(unname(value), scalar, "")
  if (length(cells) == 1) cells else paste0("[", paste(cells, collapse = ", "), "]")
}

section <- function(name, records) {
  paste0(quoted(name), ": [\n", paste0("  ", vapply(records, json, ""), collapse = ",\n"), "\n]")
}

sections <- list(
  shares = shares, tests = tests, comparisons = comparisons, ranges = ranges, tipping_points = tipping_points,
  choices = choices, claims = audited, percentages = percentages, sums = sums
)
body <- c(paste0("\"made_by\": ", quoted(R.version.string)), mapply(section, names(sections), sections))
writeLines(paste0("{\n", paste(body, collapse = ",\n"), "\n}"), output)
