mod get_jwks;
mod get_me;
mod login;
mod openid_configuration;
mod refresh;
mod register;
mod sessions;
