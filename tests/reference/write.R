# Writes nested lists of numbers, words and vectors as JSON, in 17 significant digits; joint.R and weights.R use it.

json_of <- function(value) {
  if (is.list(value)) {
    fields <- paste0("\"", names(value), "\": ", vapply(value, json_of, ""))
    return(paste0("{", paste(fields, collapse = ", "), "}"))
  }
  cells <- vapply(unname(value), function(v) {
    if (is.na(v)) "null" else if (is.character(v)) paste0("\"", v, "\"")
    else if (is.infinite(v)) sprintf("\"%g\"", v) else sprintf("%.17g", v)
  }, "")
  if (length(cells) == 1) cells else paste0("[", paste(cells, collapse = ", "), "]")
}

write_json <- function(sections, output) {
  lines <- paste0("\"", names(sections), "\": ", vapply(sections, json_of, ""))
  writeLines(paste0("{\n", paste(lines, collapse = ",\n"), "\n}"), output)
}

folder <- function() {
  args <- commandArgs(trailingOnly = FALSE)
  dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE)[1])))
}
