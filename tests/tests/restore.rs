//! A whole home folder is copied, as a person would copy it: a backup that comes
//! back, and a cloned disk, through the real programs.

#[cfg(test)]
mod restore {
    use std::path::Path;

    use quanho_tests::{Node, World, complete_toml};
    use serde_json::Value;

    const NOW: &str = "2026-06-10T08:00:00+07:00";
    const UNIT: &str = "byt.24.07210";

    /// Copies a home that no program has open.
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for file in std::fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            let to = to.join(file.file_name());
            if file.file_type().unwrap().is_dir() {
                copy(&file.path(), &to);
            } else {
                std::fs::copy(file.path(), to).unwrap();
            }
        }
    }

    fn ids(node: &Node) -> Vec<String> {
        let entries = node.ok(&["entries", "--unit", UNIT]);
        let mut ids: Vec<String> = entries
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort_unstable();
        ids
    }

    /// The visible values of a field in conflict, ascending.
    fn conflict(node: &Node, code: &str) -> Vec<i64> {
        let conflicts = node.report(&["conflicts"]);
        let found = conflicts
            .as_array()
            .unwrap()
            .iter()
            .find(|conflict| conflict["code"] == code);
        let values = found.map(|conflict| conflict["values"].as_array().unwrap().as_slice());
        let mut values: Vec<i64> = values
            .unwrap_or_default()
            .iter()
            .filter_map(|value| value["value"].as_i64())
            .collect();
        values.sort_unstable();
        values
    }

    fn in_sync(node: &Node) -> Value {
        node.ok(&["sync"]);
        let last = node.ok(&["sync"]);
        assert_eq!(last["in_sync"], true, "{last}");
        last
    }

    #[test]
    fn a_backup_comes_back_while_the_original_goes_on() {
        let world = World::new();
        let (_bo, so) = world.founded(NOW);
        let serving = so.serve();
        let original = world.facility(&so, &serving, UNIT, "Trạm y tế");
        original.fill(&complete_toml(100));
        in_sync(&original);
        // A draft that is not signed yet lies in the backup too.
        original.set("F4", "3");
        let folder = world.path().join("backup");
        copy(original.home(), &folder);

        original.set("B3", "130");
        original.submit();
        let backup = world.hospital("backup").at(NOW);
        backup.set("B3", "140");
        in_sync(&backup);
        in_sync(&original);
        in_sync(&backup);
        for node in [&original, &backup] {
            assert_eq!(conflict(node, "B3"), [130, 140]);
            assert_eq!(node.show()["state"], "submitted");
            assert_eq!(ids(node), ids(&so));
        }
        // Two drafts of one value by one person are no difference in the matter, but
        // both were signed; one choice settles it.
        let codes = backup.report(&["conflicts"]);
        for conflict in codes.as_array().unwrap() {
            backup.report(&["resolve", conflict["code"].as_str().unwrap(), "--take", "1"]);
        }
        backup.submit();
        in_sync(&original);
        assert!(conflict(&original, "B3").is_empty());
        let (here, there) = (original.show(), backup.show());
        assert_eq!(here["answers"], there["answers"]);
        assert_eq!(here["answers"]["F4"], 3);
        assert_eq!(here["submission"], there["submission"]);
        so.ok(&["review", "accept", UNIT, "--period", quanho_tests::PERIOD]);
        in_sync(&original);
        in_sync(&backup);
        for node in [&original, &backup] {
            assert_eq!(node.show()["state"], "accepted");
            assert_eq!(ids(node), ids(&so));
            node.verified();
        }
        so.verified();
        serving.stop();
    }
}
