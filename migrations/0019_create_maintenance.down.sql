DROP TABLE maintenance_samples, maintenance_steps, maintenance_reports;
