mod get_jwks;
mod get_me;
mod login;
mod register;
