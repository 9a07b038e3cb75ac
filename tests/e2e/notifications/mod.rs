mod verification_email;
