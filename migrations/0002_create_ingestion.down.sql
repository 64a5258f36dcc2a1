DROP TABLE quality_reports, quality_findings, ingested_editions;
