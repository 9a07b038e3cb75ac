mod forget_user;
mod verification_email;
