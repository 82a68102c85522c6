"""A program for one stranger's file: started, limited, heard and ended."""
