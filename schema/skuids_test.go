package schema

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestSKUIDs(t *testing.T) {
	old := NewSKUIDs([]SKUID{{"b", "1"}, {"a", "2"}, {"b", "3"}})
	if want := (SKUIDs{{"a", "2"}, {"b", "3"}}); !slices.Equal(old, want) {
		t.Fatalf("made of a list: %v, want %v", old, want)
	}
	both := old.With(SKUIDs{{"0", "4"}, {"a", "5"}})
	if want := (SKUIDs{{"0", "4"}, {"a", "5"}, {"b", "3"}}); !slices.Equal(both, want) {
		t.Errorf("with newer ones: %v, want %v", both, want)
	}
	if both.Of("a") != "5" || both.Of("c") != "" {
		t.Errorf("a is %q, c is %q", both.Of("a"), both.Of("c"))
	}
	text, err := json.Marshal(both)
	if want := `{"0":"4","a":"5","b":"3"}`; err != nil || string(text) != want {
		t.Errorf("written %s, %v, want %s", text, err, want)
	}
	var read SKUIDs
	if err := json.Unmarshal(text, &read); err != nil || !slices.Equal(read, both) {
		t.Errorf("read %v, %v, want %v", read, err, both)
	}
}
