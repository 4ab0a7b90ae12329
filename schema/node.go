package schema

// get is the value of an attribute, or the zero T where it is not given or was
// reported as bad.
func get[T any](n *node, name string) T {
	t, _ := n.values[name].v.(T)
	return t
}

// has reports whether an attribute has a good value.
func (n *node) has(name string) bool {
	v, present := n.values[name]
	return present && v.ok && v.v != nil
}

// bad reports whether an attribute was given a value that was reported.
func (n *node) bad(name string) bool {
	v, present := n.values[name]
	return present && !v.ok
}

// place is the range of an attribute's value, or the block's where it has none.
func (n *node) place(name string) Range {
	if v, present := n.values[name]; present {
		return v.at.place()
	}
	return n.header
}

// first is the inner block of a type, or nil.
func (n *node) first(name string) *node {
	for _, inner := range n.nodes {
		if inner.spec.Name == name {
			return inner
		}
	}
	return nil
}

// all are the inner blocks of a type, in order.
func (n *node) all(name string) []*node {
	var found []*node
	for _, inner := range n.nodes {
		if inner.spec.Name == name {
			found = append(found, inner)
		}
	}
	return found
}
