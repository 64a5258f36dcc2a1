package football

import (
	"strings"
	"unicode"
)

// foldName is name in lower case, without accents, apostrophes and
// punctuation, its words divided by single spaces; "&" becomes "and".
func foldName(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		text, isGap := foldRune(r)
		if isGap {
			gap = b.Len() > 0
		}
		if text == "" {
			continue
		}
		if gap {
			b.WriteByte(' ')
		}
		b.WriteString(text)
		gap = isGap
	}
	return b.String()
}

// foldRune is what a lower-case rune is written as, and whether it parts
// words. An ampersand does both.
func foldRune(r rune) (text string, gap bool) {
	if plain, ok := plainLetters[r]; ok {
		return plain, false
	}
	switch {
	case r == '&':
		return "and", true
	case r == '\'' || r == '’' || r == '`' || r == '´' || unicode.Is(unicode.Mn, r):
		return "", false
	case isWord(r):
		return string(r), false
	}
	return "", true
}

// plainLetters turns the accented letters of European names into plain ones.
// The standard library has no Unicode decomposition to do it with.
var plainLetters = func() map[rune]string {
	table := make(map[rune]string)
	for plain, accented := range map[string]string{
		"a": "àáâãäåāăą", "ae": "æ", "c": "çćĉċč", "d": "ďđð", "e": "èéêëēĕėęě", "g": "ĝğġģ", "h": "ĥħ",
		"i": "ìíîïĩīĭįı", "j": "ĵ", "k": "ķ", "l": "ĺļľŀł", "n": "ñńņňŉ", "o": "òóôõöøōŏő", "oe": "œ",
		"r": "ŕŗř", "s": "śŝşšș", "ss": "ß", "t": "ţťŧț", "th": "þ", "u": "ùúûüũūŭůűų", "w": "ŵ", "y": "ýÿŷ", "z": "źżž",
		"α": "ά", "ε": "έ", "η": "ή", "ι": "ίϊΐ", "ο": "ό", "σ": "ς", "υ": "ύϋΰ", "ω": "ώ", "е": "ё", "и": "й",
	} {
		for _, r := range accented {
			table[r] = plain
		}
	}
	return table
}()

// stripForms leaves out of a folded name what says "football club" and the
// year of foundation, where that can't make one club of two: a leading or
// closing "fc", "cf" or "fk", a leading "1 fc", a closing "afc" (a leading one
// tells AFC Liverpool from Liverpool) and a closing year after a word that is
// long enough to name a place (CSKA 1948 is not CSKA).
func stripForms(folded string) string {
	words := strings.Split(folded, " ")
	if len(words) > 2 && words[0] == "1" && words[1] == "fc" {
		words = words[1:]
	}
	if len(words) > 1 && isYear(words[len(words)-1]) && len(words[len(words)-2]) > 4 {
		words = words[:len(words)-1]
	}
	if len(words) > 1 && (isForm(words[len(words)-1]) || words[len(words)-1] == "afc") {
		words = words[:len(words)-1]
	}
	if len(words) > 1 && isForm(words[0]) {
		words = words[1:]
	}
	return strings.Join(words, " ")
}

func isForm(word string) bool { return word == "fc" || word == "cf" || word == "fk" }

func isYear(word string) bool {
	return len(word) == 4 && word > "1850" && word < "2100" && strings.Trim(word, "0123456789") == ""
}
