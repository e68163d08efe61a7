"""What messaging providers report by themselves, turned into charges, holds and statuses."""
