// Package schema is the language in which a shop is declared, and the kinds of
// things that a shop holds. Load turns a directory of HCL files into a Catalog
// of typed, normalized objects, or into diagnostics that say for every mistake
// where it is, what is wrong, why, and what to do. HCL and cty stay inside.
//
// A file walks through the package like this: files.go finds and reads it, as
// the catalog directory is the whole world; guard*.go refuses what would break
// the parser; load.go parses it and sorts its blocks; body.go and form.go hold
// the blocks against the specification of the language (spec*.go), references.go
// checks the names; resolve.go and vars.go work out variables, locals and brand
// names; eval.go and convert.go make Go values of expressions (functions*.go,
// table.go), build.go makes the kinds (kinds.go) of them, images.go reads the
// pictures, and rules_*.go say what the platform would refuse (rule.go lists all).
package schema
