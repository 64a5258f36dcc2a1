DROP TABLE known_networks, sign_in_attempts, recovery_codes, second_factors, sessions;
