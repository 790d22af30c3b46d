"""Pictures of people in papers: photo, signature, seal, and the code that a printed paper is checked by.

image    a picture as a paper holds it, judged before anything of it is used
convert  what is not as a paper can hold it, put right
folder   whose pictures a folder holds
places   where a template wants them: placeholder pictures whose alt text names the field
         (old_places: as Word kept them before 2007)
filling  what a paper says with its pictures, and the parts that these bring
"""
