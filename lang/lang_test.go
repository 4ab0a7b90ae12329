package lang

import "testing"

func TestParse(t *testing.T) {
	for _, test := range []struct {
		in   string
		want Lang
		ok   bool
	}{
		{"zh", ZH, true}, {"zh_CN.UTF-8", ZH, true}, {"ZH-tw", ZH, true},
		{"en", EN, true}, {"en_US.UTF-8", EN, true}, {"C", EN, true}, {"C.UTF-8", EN, true}, {"POSIX", EN, true},
		{"", EN, false}, {"fr_FR", EN, false}, {"chinese", EN, false},
	} {
		if got, ok := Parse(test.in); got != test.want || ok != test.ok {
			t.Errorf("Parse(%q) = %s, %v; want %s, %v", test.in, got, ok, test.want, test.ok)
		}
	}
}

func TestTextFallsBackToTheOtherLanguage(t *testing.T) {
	both := F("%[1]d of %[2]s", "%[2]s 中的 %[1]d 个", 3, "x")
	for _, test := range []struct {
		text Text
		lang Lang
		want string
	}{
		{both, EN, "3 of x"}, {both, ZH, "x 中的 3 个"},
		{T("only", ""), ZH, "only"}, {T("", "仅此"), EN, "仅此"}, {Same("719"), ZH, "719"},
	} {
		if got := test.text.In(test.lang); got != test.want {
			t.Errorf("%+v in %s is %q, want %q", test.text, test.lang, got, test.want)
		}
	}
	if !(Text{}).IsZero() || Same("x").IsZero() {
		t.Error("IsZero is wrong")
	}
}

func TestArgument(t *testing.T) {
	for word, want := range map[string]string{
		"shops/blankets": "shops/blankets",
		"店铺/毛毯":          "店铺/毛毯",
		"my shop":        "'my shop'",
		"it's":           `'it'\''s'`,
		"$HOME":          "'$HOME'",
		"":               "''",
	} {
		if got := Argument(word); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}
