package schema

import (
	"reflect"
	"testing"
)

// Whatever field is emptied, SameContent sees it if Canonical does.
func TestSameContentSeesEveryField(t *testing.T) {
	whole := func() *SPU {
		s := &SPU{SKUs: make([]SKU, 2)}
		distinct(reflect.ValueOf(s).Elem())
		return s
	}
	if !whole().SameContent(whole()) {
		t.Fatal("equal products are not the same")
	}
	var paths []string
	var walk func(path string, at func(*SPU) reflect.Value)
	walk = func(path string, at func(*SPU) reflect.Value) {
		switch v := at(whole()); v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				if !v.Type().Field(i).IsExported() {
					continue
				}
				walk(path+"."+v.Type().Field(i).Name, func(s *SPU) reflect.Value { return at(s).Field(i) })
			}
			return
		case reflect.Slice:
			walk(path+"[0]", func(s *SPU) reflect.Value { return at(s).Index(0) })
		case reflect.Pointer:
			walk(path+".", func(s *SPU) reflect.Value { return at(s).Elem() })
		}
		other := whole()
		at(other).SetZero()
		if whole().SameContent(other) && string(Canonical(whole())) != string(Canonical(other)) {
			t.Errorf("without %s the canonical bytes differ, and it is said to be the same", path)
		}
		paths = append(paths, path)
	}
	walk("spu", func(s *SPU) reflect.Value { return reflect.ValueOf(s).Elem() })
	if len(paths) < 40 {
		t.Errorf("only %d fields were tried: %v", len(paths), paths)
	}
}

// distinct sets every field to something.
func distinct(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				distinct(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		}
		for i := range v.Len() {
			distinct(v.Index(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		distinct(v.Elem())
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint64:
		v.SetUint(7)
	}
}
