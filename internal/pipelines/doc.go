// Package pipelines holds the tests of what runs in other people's pipelines:
// action.yml, the reusable workflows, the GitLab template, the scripts in ci/ and
// the release. They are linted, and their steps are run in order in a scratch
// repository, with the sandbox as the shop and a small imitation of each host. It
// has no code of its own.
package pipelines
