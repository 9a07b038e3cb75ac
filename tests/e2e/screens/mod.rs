mod build_home;
mod forget_user;
mod get_home;
mod get_overview;
mod get_person;
mod list_all_aquariums;
mod support;
