package wechat

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/provider"
)

// referenceCodes are all codes that the reference's tables name, by section. A
// code that is missing from ours is a refusal that nobody can explain.
var referenceCodes = map[string][]int{
	"2.3":       {-1, 40001, 40002, 40013, 40014, 40125, 40164, 40243, 41001, 41002, 41004, 42001, 43002, 45002, 45009, 45011, 48001, 48004, 50002, 50007, 61003, 61004, 61005, 61006, 61007, 61023, 89503, 89506, 89507},
	"2.4":       {61001, 61008, 61009, 61010, 61011, 61014, 61015, 61016, 61017, 61024, 61028}, // from WeChat's general list
	"2.5":       {48006, 76021, 76022},
	"10.1":      {-1, -2, 40066, 43002, 44002, 45009, 45011, 47001, 48001, 61004, 61007, 87014, 300000, 990001, 990002, 990004, 990005, 990007, 990008, 990009, 990010, 990022},
	"10.2":      {1000000, 1000001, 1000002, 1000003, 1000004, 1000005, 1000006, 1000007, 1000008, 1000009, 1000011, 1000012, 1000013, 1000014, 1000015, 1000016, 1000017, 1000019, 1000020, 1000021, 1000035, 1000040, 1000042, 1000045},
	"10.3":      {1040003, 1040035, 1040041, 1040042},
	"10.4":      {1050003, 1050005, 1050006, 1050009, 1050011, 1050030},
	"10.5":      {1070001, 1070008, 1070010, 1070011},
	"10.6":      {9401001, 9401002, 9401003, 9401004, 9401005, 9401006, 9401007, 9401008, 9401020, 9401021, 9401022, 9401023, 9401024, 9401025, 9401036, 9401037, 9401060, 100003, 101001, 209001},
	"10.7":      {1010001, 1010002, 1010003, 1010004, 1010005, 1010006, 1010007, 1010008, 1010011, 1010015, 1010036, 1010050, 1020004, 2747002, 2747003, 2747014, 9700206, 9700209, 9700210},
	"trade 8.6": {2747006, 2747007, 2747008, 2747009, 2747010, 2747012, 2747013, 2747016, 2747018, 2747020, 2747021, 2747024, 2747025, 2747026, 2747027, 9700212},
	"trade 15":  {990018, 1010009, 1010014, 1010029, 1010039, 1010042, 1010043, 1010044, 1010045, 1010047, 1010051, 1010053, 1090032},
}

func TestEveryCodeOfTheReferenceIsKnown(t *testing.T) {
	for section, codes := range referenceCodes {
		for _, code := range codes {
			if e, ok := Lookup(code); !ok || e.Code != code {
				t.Errorf("section %s: code %d is not in the table", section, code)
			}
		}
	}
}

func TestCodesAreSortedUniqueAndComplete(t *testing.T) {
	classes := []provider.Class{provider.ClassRetry, provider.ClassLater, provider.ClassFix, provider.ClassPermission, provider.ClassConflict, provider.ClassNoop, provider.ClassAuth}
	for i, e := range errcodes {
		if i > 0 && cmp.Compare(errcodes[i-1].Code, e.Code) >= 0 {
			t.Errorf("%d stands behind %d", e.Code, errcodes[i-1].Code)
		}
		for _, text := range []string{e.Meaning.EN, e.Meaning.ZH, e.Remedy.EN, e.Remedy.ZH, e.Source} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%d: a text is empty", e.Code)
			}
		}
		if !slices.Contains(classes, e.Class) {
			t.Errorf("%d: class %q", e.Code, e.Class)
		}
	}
}

func TestLookupUnknown(t *testing.T) {
	for _, code := range []int{0, 1, 1000010, 1000018, 99999999} {
		if e, ok := Lookup(code); ok {
			t.Errorf("Lookup(%d) = %v", code, e)
		}
	}
}
