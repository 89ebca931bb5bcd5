"""Messages that know their template and their values: English by themselves, and to be said in another language later.

Whoever has something to say makes a Said; whoever shows it asks `words.messages` for it in the reader's language. So no
error needs to know in which language it will be read.
"""


class Said(str):
    """An English text that keeps its template and the values in it: `Said("{n} rows", n=3)` is "3 rows".

    A value that is Said itself is part of the message and is translated with it; a tuple or list is joined by commas. Any
    other value is data, such as a file's name, and stays as it is. The template is marked for translators by standing here.
    """

    def __new__(cls, template, /, **values):
        said = super().__new__(cls, filled(template, values, str))
        said.template, said.values = template, values
        return said

    def __getnewargs_ex__(self):
        return (self.template,), self.values  # for pickle: errors come from other processes


def N_(message):
    """The message as it is: a mark for the catalogue, for words that are translated when they are shown."""
    return message


def filled(template, values, say, comma=", "):
    """A template with its values in it, each part of a message said by the function `say`."""
    return template.format(**{name: _part(value, say, comma) for name, value in values.items()})


def _part(value, say, comma):
    if isinstance(value, (tuple, list)):
        return comma.join(str(_part(each, say, comma)) for each in value)
    return say(value) if isinstance(value, Said) else value


def why(error):
    """Why a file cannot be read or written, in the words of the system that said so."""
    reason = error.strerror or type(error).__name__
    return Said(reason.replace("{", "{{").replace("}", "}}"))


# What systems say most often, for translators.
SYSTEM = (
    Said("No such file or directory"),
    Said("Permission denied"),
    Said("Is a directory"),
    Said("Not a directory"),
    Said("Read-only file system"),
    Said("No space left on device"),
    Said("File name too long"),
)


def lines(parts):
    """Messages as one, a line each."""
    values = {f"line{number}": part for number, part in enumerate(parts)}
    return Said("\n".join(f"{{{name}}}" for name in values), **values)


def english(message, **values):
    """A message, or a template with its values, in English; in the place of a language's `say` where there is no other."""
    return str(Said(message, **values) if values else message)
