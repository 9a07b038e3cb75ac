//! What people say of themselves.

use contracts::identity::ProfileChanged;
use types::PersonName;

use super::account::Account;

impl Account {
    /// Gives the account a name: the fact to tell, or none if it has that name already.
    pub fn rename(&mut self, name: PersonName) -> Option<ProfileChanged> {
        if self.name == name {
            return None;
        }
        self.name = name.clone();
        Some(ProfileChanged { user_id: self.id, name })
    }
}
