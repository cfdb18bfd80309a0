"""How people spell a word so that a filter does not see it: the tricks of `scripts/suites evasion`.

Each trick takes a word of ASCII letters and a random generator and returns the word respelled, or unchanged where the
trick has nothing to do in it. Case is kept.
"""

LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "$"}
# Cyrillic and Greek letters that look the same.
HOMOGLYPHS = {
    "a": "аα", "c": "с", "e": "е", "i": "іι", "j": "ј", "k": "к", "n": "п", "o": "оο", "p": "рρ", "s": "ѕ", "u": "υ",
    "v": "ν", "x": "х", "y": "у", "A": "АΑ", "B": "ВΒ", "C": "С", "E": "ЕΕ", "H": "НΗ", "I": "ІΙ", "K": "КΚ", "M": "МΜ",
    "N": "Ν", "O": "ОΟ", "P": "РΡ", "S": "Ѕ", "T": "ТΤ", "X": "ХΧ", "Y": "УΥ",
}  # fmt: skip
INVISIBLE = "\u200b\u200c\u2060\u00ad\ufeff"
FLIPPED = dict(zip("abcdefghijklmnopqrstuvwxyz", "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz"))
VOWELS = "aeiouAEIOU"


def some(places, random, share):
    """Each place with the given probability, at least one of them."""
    chosen = [place for place in places if random.random() < share]
    return chosen or ([random.choice(places)] if places else [])


def replaced(word, places, by):
    letters = list(word)
    for place in places:
        letters[place] = by(letters[place])
    return "".join(letters)


def leet(word, random):
    places = [at for at, c in enumerate(word) if c.lower() in LEET]
    respelt = replaced(word, some(places, random, 0.6), lambda c: random.choice(LEET[c.lower()]))
    # At either end the mark would be read as one.
    return "".join("1" if c == "!" and at in (0, len(word) - 1) else c for at, c in enumerate(respelt))


def spaced(word, _):
    return " ".join(word)


def dotted(word, _):
    return ".".join(word)


def invisible(word, random):
    return "".join(c + random.choice(INVISIBLE) for c in word[:-1]) + word[-1:]


def homoglyph(word, random):
    places = [at for at, c in enumerate(word) if c in HOMOGLYPHS]
    return replaced(word, some(places, random, 0.6), lambda c: random.choice(HOMOGLYPHS[c]))


def mask(word, random):
    if len(word) < 3:
        return word
    inner = range(1, len(word) - 1)
    vowels = [at for at in inner if word[at] in VOWELS] or list(inner)
    at = random.choice(vowels)
    if len(word) > 4 and random.random() < 0.4:
        at = random.choice(range(1, len(word) - 2))
        return word[:at] + "**" + word[at + 2 :]
    sign = "!" if word[at] in "iI" and random.random() < 0.5 else random.choice("***#@")
    return word[:at] + sign + word[at + 1 :]


def repeated(word, random):
    first, second = random.randrange(len(word)), random.randrange(len(word))
    times = {second: 2, first: random.randint(3, 6)}
    return "".join(c * times.get(at, 1) for at, c in enumerate(word))


def deleted(word, random):
    if len(word) < 4:
        return word
    # Of four letters people leave out the vowel: what else is left is no word to anybody.
    vowels = [at for at in range(1, len(word) - 1) if word[at] in VOWELS]
    at = random.choice(vowels) if len(word) == 4 and vowels else random.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1 :]


def swapped(word, random):
    places = [at for at in range(1, len(word) - 2) if word[at].lower() != word[at + 1].lower()]
    if not places:
        return word
    at = random.choice(places)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def split(word, random):
    if len(word) < 4:
        return word
    at = random.randrange(1, len(word) - 1)
    return word[:at] + random.choice(".-_*") + word[at:]


def enclosed(word, random):
    first = random.choice([0x24D0, 0x1F130, 0x1F150, 0x1F170])
    return "".join(chr(first + ord(c.lower()) - ord("a")) for c in word)


def flipped(word, _):
    return "".join(FLIPPED[c] for c in reversed(word.lower()))


TRICKS = {
    "leet": leet,
    "letters spaced out": spaced,
    "letters dotted": dotted,
    "invisible characters": invisible,
    "homoglyphs": homoglyph,
    "masked letters": mask,
    "letters repeated": repeated,
    "a letter left out": deleted,
    "two letters swapped": swapped,
    "a sign inside": split,
    "enclosed letters": enclosed,
    "upside down": flipped,
}
