"""What the sample company is made of: texts as (Chinese, English) pairs, and figures. Data only, no rules."""
